import { CHILD, DYNAMIC, EMPTY, PARENT_ID, type RuleCase } from '../rule-case';

export const HEADER_CASES: readonly RuleCase[] = [
  {
    code: 'header-missing',
    name: 'a footer that points behind the end of a file without a header',
    image: { ...EMPTY, footer: { dataOffset: 1n << 40n }, header: { cookie: 'nothing!' } },
  },
  {
    code: 'header-cookie',
    name: 'another word at the start of the header',
    image: { ...DYNAMIC, header: { cookie: 'cxsparsE' } },
    field: 'cookie',
    repair: 'automatic',
  },
  {
    code: 'header-checksum',
    name: 'a wrong sum over sound fields',
    image: { ...DYNAMIC, header: { checksum: 1 } },
    repair: 'automatic',
    field: 'checksum',
  },
  {
    code: 'header-checksum',
    name: 'a wrong sum over a wrong version',
    image: { ...DYNAMIC, header: { checksum: 1, version: 0x20000 } },
    also: ['header-version'],
    repair: 'choice',
  },
  {
    code: 'header-data-offset-32-bit',
    name: 'half of the unused offset, as old QEMU wrote it',
    image: { ...DYNAMIC, header: { dataOffset: 0xffffffffn } },
    cause: /QEMU/,
    repair: 'automatic',
  },
  {
    code: 'header-data-offset',
    name: 'a header that points to a next structure',
    image: { ...DYNAMIC, header: { dataOffset: 512n } },
    severity: 'warning',
  },
  {
    code: 'header-version',
    name: 'version 0.9',
    image: { ...DYNAMIC, header: { version: 9 } },
    field: 'headerVersion',
  },
  {
    code: 'header-reserved-bytes',
    name: 'a byte in the reserved area at the end of the header',
    image: withHeaderByte(1000),
    field: 'reserved2',
    also: ['header-checksum'],
  },
  {
    code: 'header-offset-unusual',
    name: 'a header at byte 4096',
    image: { ...DYNAMIC, headerOffset: 4096 },
    severity: 'note',
  },
  {
    code: 'block-size-illegal',
    name: 'blocks of 3 MiB',
    image: { ...EMPTY, header: { blockSize: 3 * 1024 * 1024 } },
    field: 'blockSize',
  },
  {
    code: 'block-size-unusual',
    name: 'blocks of 64 KiB',
    image: { ...EMPTY, blockSizeBytes: 65536 },
    severity: 'note',
  },
  {
    code: 'dynamic-with-parent',
    name: 'a dynamic disk with a parent id',
    image: { ...DYNAMIC, header: { parentId: PARENT_ID } },
    severity: 'warning',
    field: 'parentUniqueId',
  },
  {
    code: 'parent-id-null',
    name: 'a child of a raw disk, as Xen makes them',
    image: { ...CHILD, header: { parentName: 'parent.vhd' } },
    severity: 'warning',
  },
];

function withHeaderByte(at: number): RuleCase['image'] {
  return { ...DYNAMIC, patches: [{ offset: 512 + at, bytes: Uint8Array.of(7) }] };
}
