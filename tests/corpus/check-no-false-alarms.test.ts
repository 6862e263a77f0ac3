/**
 * Every image of the corpus checked to its last block. Errors only on images that are damaged, each named with what
 * damaged it; each warning on a sound one named with what it is right about.
 */
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { checkImage } from '../../src-main/engine/check';
import type { Finding, Severity } from '../../src-shared/model/finding';
import { describeCorpus } from '../support/corpus';
import { withTempFolder } from '../support/temp';

/** The day after the corpus was made: what is in the future then is so by the image's own fault. */
const NOW_SECONDS = (Date.UTC(2026, 10, 23, 12) - Date.UTC(2000, 0, 1)) / 1000;

interface KnownDamage {
  readonly why: string;
  readonly errors: readonly string[];
  readonly cause?: RegExp;
}

const STALE_SUMS: KnownDamage = {
  why: 'its unique id was changed by hand and the checksum left as it was',
  errors: ['footer-checksum', 'footer-copy-checksum'],
};
const STALE_CHILD: KnownDamage = {
  why: 'parent id, type and unique id were changed by hand and no checksum with them',
  errors: ['footer-checksum', 'footer-copy-checksum', 'header-checksum'],
};

const DAMAGED: Readonly<Record<string, KnownDamage>> = {
  'chain-dfvfs/image.vhd': STALE_SUMS,
  'dfvfs-image.vhd': STALE_SUMS,
  'chain-dfvfs/image-differential.vhd': STALE_CHILD,
  'dfvfs-image-differential.vhd': STALE_CHILD,
  'govhdgen-dyn-3G.vhd': {
    why: 'go-vhd left a part of the table as zeros',
    errors: ['bat-entry-in-metadata'],
    cause: /go-vhd/,
  },
  'govhdgen-dyn-200G.vhd': {
    why: 'go-vhd wrote the footer into the table',
    errors: ['bat-entry-in-metadata', 'bat-truncated'],
    cause: /go-vhd/,
  },
  'tap-filled-b.vhd': {
    why: '"vhd-util fill -b" left the last block short and wrote no footer',
    errors: ['block-cut-off', 'block-data-lost', 'footer-missing'],
    cause: /vhd-util fill -b/,
  },
  'tap-nofooter.vhd': {
    why: 'its footer was cut off',
    errors: ['footer-missing'],
    cause: /exactly behind its last block/,
  },
  'vbox7-resized.vhd': {
    why: 'VirtualBox resized it while it was empty',
    errors: ['bat-entry-in-metadata', 'bat-entry-outside', 'footer-missing'],
    cause: /VirtualBox resized/,
  },
};

const ODD_SIZE = { 'size-not-sectors': 'made with a size that ends inside a sector' };
const LEFT_OVER = { 'footer-reserved-bytes': 'Windows left a boot sector in the reserved bytes' };
const NO_BATMAP = { 'batmap-missing': 'Xen Orchestra wrote it under the name of Xen, without the batmap' };

const WARNINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'bochs-vpc-10M.vhd': { 'unique-id-null': 'Bochs gives no ids' },
  'chain-dfvfs/image-differential.vhd': { 'locators-none': 'made into a child by hand, without locators' },
  'dfvfs-image-differential.vhd': { 'locators-none': 'made into a child by hand, without locators' },
  'dfvfs-image-old.vhd': { 'unique-id-null': 'an old QEMU gave no id' },
  'dosboxx-dyn10000000.vhd': ODD_SIZE,
  'dosboxx-fixed5.vhd': { 'geometry-zero': 'DOSBox-X wrote 0 cylinders' },
  'fattools-dyn-odd.vhd': ODD_SIZE,
  'fattools-fixed-odd.vhd': ODD_SIZE,
  'govhdgen-dyn-10M.vhd': { ...ODD_SIZE, 'table-too-small': 'go-vhd rounds the number of entries down' },
  'govhdgen-dyn-3G.vhd': { 'table-too-small': 'go-vhd rounds the number of entries down' },
  'govhdgen-dyn-200G.vhd': { 'table-too-small': 'go-vhd rounds the number of entries down' },
  'rdisk-vhd_dynamic_small.vhd': LEFT_OVER,
  'rdisk-vhd_fixed_small.vhd': LEFT_OVER,
  'tap-child-rawparent.vhd': { 'parent-id-null': 'its parent is a raw disk' },
  'tap-hidden.vhd': { 'footer-hidden': 'hidden with "vhd-util set -f hidden"' },
  'vbox7-resized.vhd': {
    'geometry-too-small': 'VirtualBox kept 16,383 cylinders of the small geometry',
    'file-size-not-sectors': 'VirtualBox cut it at 7,536 bytes',
  },
  'vhdtool-dyn-3t.vhd': { 'size-over-limit': 'made with 3 TiB' },
  'vinil-new.vhd': {
    'features-reserved-bit': 'vinil writes features 0',
    'footer-data-offset': 'vinil writes half of the unused offset',
  },
  'xo-child.vhd': NO_BATMAP,
  'xo-stream-of-tap.vhd': NO_BATMAP,
};

const codesOf = (findings: readonly Finding[], severity: Severity): string[] =>
  [...new Set(findings.filter((finding) => finding.severity === severity).map(({ code }) => code))].sort();

/** Codes of one severity by image, for images that have any. */
function tableOf(
  findingsOf: ReadonlyMap<string, readonly Finding[]>,
  severity: Severity,
): Record<string, string[]> {
  const table: Record<string, string[]> = {};
  for (const [name, findings] of findingsOf) {
    const codes = codesOf(findings, severity);
    if (codes.length > 0) table[name] = codes;
  }
  return table;
}

describeCorpus('the check of the corpus', (corpus) => {
  const findingsOf = new Map<string, readonly Finding[]>();

  it('reads every image to its last block without failing', async () => {
    await withTempFolder(async (folder) => {
      for (const { name } of corpus.entries) {
        const file = corpus.unpack(name, folder);
        const { findings } = await checkImage(file, { deep: true, nowSeconds: NOW_SECONDS });
        findingsOf.set(name, findings);
        fs.rmSync(file);
      }
    });
    expect(findingsOf.size).toBe(corpus.entries.length);
    expect([...findingsOf.values()].flat().filter(({ code }) => code === 'check-rule-failed')).toEqual([]);
  });

  it('finds no error on an undamaged image, and on a damaged one what damaged it', () => {
    const found = tableOf(findingsOf, 'error');
    const known = Object.fromEntries(
      Object.entries(DAMAGED).map(([name, { errors }]) => [name, [...errors].sort()]),
    );
    expect(found).toEqual(known);
    for (const [name, { cause }] of Object.entries(DAMAGED)) {
      const causes = (findingsOf.get(name) ?? []).map(({ likelyCause }) => likelyCause ?? '').join('\n');
      if (cause) expect(causes, name).toMatch(cause);
    }
  });

  it('warns only of what is justified by name', () => {
    const found = tableOf(findingsOf, 'warning');
    const known = Object.fromEntries(
      Object.entries(WARNINGS).map(([name, reasons]) => [name, Object.keys(reasons).sort()]),
    );
    expect(found).toEqual(known);
  });
});
