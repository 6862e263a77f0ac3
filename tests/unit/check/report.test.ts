import { describe, expect, it } from 'vitest';
import { renderReport, reportFormatOf, type ReportedImage } from '../../../src-main/engine/check';
import { AppError, toWireError } from '../../../src-shared/errors';
import type { CheckReport } from '../../../src-shared/model/check-report';
import { CHILD, checkBuilt, DYNAMIC, PARENT_ID } from './rule-case';

const MADE_AT = '2026-11-23T10:00:00Z';
const HOSTILE = '<img src=x onerror=alert(1)>|`*_[a](http://evil.example)';

async function hostileReport(): Promise<CheckReport> {
  const report = await checkBuilt({
    ...CHILD,
    header: { parentId: PARENT_ID, parentName: `${HOSTILE}.vhd` },
    locators: [{ platform: 'W2ru', data: `.\\${HOSTILE}\u202e.vhd` }],
  });
  return { ...report, path: `/images/${HOSTILE}.vhd` };
}

describe('renderReport', () => {
  it('gives the report itself as JSON for one image, and a list for several', async () => {
    const report = await checkBuilt(DYNAMIC);
    expect(JSON.parse(renderReport([report], 'json', MADE_AT))).toEqual(report);
    expect(JSON.parse(renderReport([report, report], 'json', MADE_AT))).toEqual({ images: [report, report] });
  });

  it.each(['md', 'html'] as const)('tells every finding and every reader as %s', async (format) => {
    const report = await checkBuilt({ ...DYNAMIC, footer: { savedState: 1 }, footerCopy: { checksum: 1 } });
    const text = renderReport([report], format, MADE_AT);
    for (const finding of report.findings) {
      expect(text).toContain(finding.title);
      expect(text).toContain(finding.code);
      expect(text).toContain(finding.hint.slice(0, 20));
    }
    for (const name of [
      'QEMU up to 9',
      'QEMU from 10',
      'Hyper-V',
      'VirtualBox',
      'Virtual PC',
      'Azure',
      'Xen',
      '7-Zip',
    ])
      expect(text).toContain(name);
    expect(text).toContain(MADE_AT);
    expect(text).toContain('1 error, 0 warnings, 1 note');
  });

  it('lets nothing from an image become markup, script or a link', async () => {
    const report = await hostileReport();
    const html = renderReport([report], 'html', MADE_AT);
    expect(html).not.toMatch(/<img|<script|<a\s|href=|src=x>/i);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain("default-src 'none'");
    const markdown = renderReport([report], 'md', MADE_AT);
    expect(markdown).not.toMatch(/(^|[^\\])<img/);
    expect(markdown).not.toContain('http://');
    expect(markdown).not.toContain('\u202e');
    expect(html).not.toContain('\u202e');
  });

  it('names images that could not be checked beside those that were', async () => {
    const failed: ReportedImage = {
      path: '/x/page.vhd',
      error: toWireError(new AppError('not-a-vhd', '"page.vhd" is a web page.')),
    };
    for (const format of ['md', 'html'] as const) {
      const text = renderReport([await checkBuilt(DYNAMIC), failed], format, MADE_AT);
      expect(text).toContain('not checked');
      expect(text).toMatch(/is a web page/);
    }
  });

  it('knows its formats by the names of files', () => {
    expect(['a.md', 'b.HTML', 'c.htm', 'd.json', 'e.txt', 'f'].map(reportFormatOf)).toEqual([
      'md',
      'html',
      'html',
      'json',
      null,
      null,
    ]);
  });
});
