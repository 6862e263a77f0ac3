import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src-main/engine/check';
import { groupFindings, natureOfErrors } from '../../../src-shared/model/finding';
import { Buffer } from 'node:buffer';
import { checkImage, type CheckOptions } from '../../../src-main/engine/check';
import { readMetadata } from '../../../src-main/engine/disk/metadata';
import { MemoryFile } from '../../support/fake-files';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';
import { CHILD, DYNAMIC, NOW_SECONDS } from './rule-case';

/** The image with its dynamic disk header overwritten. */
async function checkWiped(knobs: VhdKnobs, fill: (at: number) => number, options: CheckOptions = {}) {
  const bytes = Buffer.from(buildVhd(knobs).bytes());
  for (let at = 512; at < 1536; at += 1) bytes[at] = fill(at);
  const file = new MemoryFile(bytes, 'wiped.vhd');
  return checkImage({ file, metadata: await readMetadata(file) }, { nowSeconds: NOW_SECONDS, ...options });
}

describe('findings of one cause', () => {
  it.each([
    ['zeros', () => 0],
    ['text', (at: number) => 0x41 + (at % 20)],
    ['noise', (at: number) => (at * 7919 * (at % 97)) & 255],
  ] as const)(
    'a header overwritten with %s is one cause, and the rest follows from it',
    async (_name, fill) => {
      for (const knobs of [DYNAMIC, CHILD]) {
        const report = await checkWiped(knobs, fill, { deep: true });
        const groups = groupFindings(report.findings);
        expect(groups.map(({ finding }) => finding.code)).toEqual(['header-cookie']);
        const [group] = groups;
        expect(group?.consequences.length).toBe(report.findings.length - 1);
        expect(group?.consequences.every(({ consequenceOf }) => consequenceOf === 'header-cookie')).toBe(
          true,
        );
        const text = renderReport([report], 'md', '2026-01-01T00:00:00Z');
        for (const { code } of report.findings) expect(text).toContain(`\`${code}\``);
      }
    },
  );

  it('are independent where the header can be believed', async () => {
    const { findings } = await checkWiped(
      { ...DYNAMIC, batOverrides: { 1: 0 }, footer: { features: 0 } },
      (at) => buildVhd(DYNAMIC).bytes()[at] ?? 0,
    );
    expect(findings.length).toBeGreaterThan(1);
    expect(findings.every(({ consequenceOf }) => consequenceOf === undefined)).toBe(true);
  });

  it('leave what a damaged footer says to the footer', async () => {
    const { findings } = await checkWiped({ ...DYNAMIC, footer: { savedState: 1 } }, () => 0);
    expect(findings.find(({ code }) => code === 'saved-state')?.consequenceOf).toBeUndefined();
  });

  it('stand by themselves where their cause was left out', async () => {
    const { findings } = await checkWiped(DYNAMIC, () => 0, { ignore: ['header-cookie'] });
    expect(groupFindings(findings).map(({ finding }) => finding.code)).toEqual(
      findings.map(({ code }) => code),
    );
  });
});

describe('errors', () => {
  it('are no loss where each can be mended with certainty', async () => {
    const mendable = await checkWiped(
      { ...DYNAMIC, footerForm: 'absent' },
      (at) => buildVhd(DYNAMIC).bytes()[at] ?? 0,
    );
    expect(mendable.verdict).toBe('errors');
    expect(natureOfErrors(mendable.findings)).toBe('mendable');
    expect(renderReport([mendable], 'html', '2026-01-01T00:00:00Z')).toContain('nothing is lost');
    expect(natureOfErrors((await checkWiped(DYNAMIC, () => 0)).findings)).toBe('errors');
  });
});
