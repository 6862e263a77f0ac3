/** Predictions for readers that cannot be run here, each by the rule it comes from; those that can are in tests/oracle. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImage } from '../../../src-main/engine/check';
import type { ReaderName } from '../../../src-shared/model/check-report';
import { READER_NAMES } from '../../../src-shared/model/check-report';
import { useTempFolders } from '../../support/temp';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';
import { CHILD, checkBuilt, DYNAMIC, EMPTY, FIXED, MIB } from './rule-case';

const AZURE_FIXED: VhdKnobs = { type: 'fixed', sizeBytes: 21 * MIB };
/** 63 MiB times 4: whole MiB, and exactly what its geometry addresses. */
const UNIVERSAL: VhdKnobs = { type: 'dynamic', sizeBytes: 252 * MIB };

type Row = readonly [string, VhdKnobs, ReaderName, 'reads' | 'misreads' | 'refuses', RegExp];

const ROWS: readonly Row[] = [
  ['a dynamic disk', DYNAMIC, 'azure', 'refuses', /fixed disks only/],
  ['a fixed disk of 21 MiB', AZURE_FIXED, 'azure', 'reads', /whole MiB/],
  ['a fixed disk of 4 MiB', FIXED, 'azure', 'refuses', /20 MiB/],
  [
    'a fixed disk of half a MiB too much',
    { ...AZURE_FIXED, sizeBytes: 21.5 * MIB },
    'azure',
    'refuses',
    /whole MiB/,
  ],
  [
    'a fixed disk without a cookie',
    { ...AZURE_FIXED, footer: { cookie: 'conectiX' } },
    'azure',
    'refuses',
    /conectix/,
  ],
  [
    'a disk of 4 MiB',
    FIXED,
    'virtual-pc',
    'misreads',
    /bytes are missing, because it takes the size from the geometry/,
  ],
  ['a disk that is exactly its geometry', UNIVERSAL, 'virtual-pc', 'reads', /agree/],
  ['a disk of 200 GiB', { ...EMPTY, sizeBytes: 200 * 1024 * MIB }, 'virtual-pc', 'misreads', /127\.5 GiB/],
  ['a sound dynamic disk', DYNAMIC, 'hyper-v', 'reads', /sparse/],
  ['a disk of 2 MiB', { ...EMPTY, sizeBytes: 2 * MIB }, 'hyper-v', 'refuses', /0xC03A0012.*3 MiB/],
  ['a disk of 2041 GiB', { ...EMPTY, sizeBytes: 2041 * 1024 * MIB }, 'hyper-v', 'refuses', /2040 GiB/],
  ['blocks of 4 MiB', { ...EMPTY, blockSizeBytes: 4 * MIB }, 'hyper-v', 'refuses', /0xC03A000B/],
  ['a wrong header checksum', { ...EMPTY, header: { checksum: 1 } }, 'hyper-v', 'refuses', /0xC03A0006/],
  [
    'half of the unused offset',
    { ...EMPTY, header: { dataOffset: 0xffffffffn } },
    'hyper-v',
    'refuses',
    /0xC03A0008/,
  ],
  ['a footer that is gone', { ...DYNAMIC, footerForm: 'absent' }, 'hyper-v', 'refuses', /0xC03A0001/],
  ['a wrong footer checksum', { ...FIXED, footer: { checksum: 1 } }, 'hyper-v', 'refuses', /0xC03A0002/],
  [
    'blocks over one another',
    { ...DYNAMIC, batOverrides: { 1: 4 } },
    'hyper-v',
    'misreads',
    /share their bytes/,
  ],
  [
    'a wrong footer checksum',
    { ...FIXED, footer: { checksum: 1 } },
    'virtualbox',
    'reads',
    /does not look at checksums/,
  ],
  ['a footer that is gone', { ...DYNAMIC, footerForm: 'absent' }, 'virtualbox', 'refuses', /repairhd/],
  ['blocks of 64 KiB', { ...EMPTY, blockSizeBytes: 65536 }, 'virtualbox', 'refuses', /too small/],
  ['a footer that is gone', { ...DYNAMIC, footerForm: 'absent' }, 'xen', 'reads', /current size/],
  ['blocks of 512 KiB', { ...EMPTY, blockSizeBytes: MIB / 2 }, 'xen', 'misreads', /blocks of 2 MiB/],
  [
    'a copy and a footer that both fail',
    { ...DYNAMIC, footer: { checksum: 1 } },
    'xen',
    'refuses',
    /no sound footer/,
  ],
  ['a child', CHILD, 'qemu-from-10', 'misreads', /knows no parents/],
  [
    'a disk of VirtualBox',
    { ...DYNAMIC, footer: { creator: 'vbox' } },
    'qemu-up-to-9',
    'misreads',
    /32,768 bytes are missing/,
  ],
  [
    'a disk of VirtualBox',
    { ...DYNAMIC, footer: { creator: 'vbox' } },
    'qemu-from-10',
    'reads',
    /as they should be/,
  ],
  [
    'a disk of Disk2vhd',
    { ...DYNAMIC, footer: { creator: 'd2v\0' } },
    'qemu-up-to-9',
    'misreads',
    /geometry/,
  ],
];

describe('what readers make of an image', () => {
  it.each(ROWS)('%s', async (_name, image, reader, verdict, why) => {
    const { readers } = await checkBuilt(image, { deep: true });
    expect(readers[reader]).toMatchObject({ verdict });
    expect(readers[reader].why).toMatch(why);
  });

  it('gives a verdict and a reason for every reader, whatever is wrong', async () => {
    for (const image of [
      FIXED,
      DYNAMIC,
      CHILD,
      { ...DYNAMIC, footerForm: 'absent', footerCopy: null } as const,
    ]) {
      const { readers } = await checkBuilt(image);
      expect(Object.keys(readers)).toEqual([...READER_NAMES]);
      for (const { why } of Object.values(readers)) expect(why).toMatch(/\S.*\.$/);
    }
  });

  it('is not changed by what a person chose not to see', async () => {
    const image = { ...DYNAMIC, header: { checksum: 1 } };
    const { readers } = await checkBuilt(image, { ignore: ['header-checksum'] });
    expect(readers['7-zip'].verdict).toBe('refuses');
  });
});

describe('what readers make of a chain', () => {
  const folders = useTempFolders();

  it('counts a missing parent, once the chain was looked at', async () => {
    const image = buildVhd(CHILD).writeTo(path.join(folders(), 'child.vhd'));
    const { readers } = await checkImage(image, { chain: true });
    for (const reader of ['hyper-v', 'xen', '7-zip'] as const)
      expect(readers[reader].verdict).toBe('refuses');
  });
});
