/** Images of a few hundred KiB with everything a VHD can have, and ways to damage them that know the format. */
import { checksumOf, seedable } from './mutation-tools';
import { buildVhd, type BuiltVhd, type VhdKnobs } from '../support/vhd-builder';

const KIB = 1024;
const PARENT_ID = '11111111-2222-4333-8444-555555555555';

const BASES: Readonly<Record<string, VhdKnobs>> = {
  dynamic: {
    type: 'dynamic',
    sizeBytes: 256 * KIB + 512,
    blockSizeBytes: 16 * KIB,
    blocks: [3, 0, 7, 16].map((index) => ({ index, data: index + 1, gapBytes: index === 7 ? 1536 : 0 })),
  },
  child: {
    type: 'differencing',
    sizeBytes: 256 * KIB,
    blockSizeBytes: 16 * KIB,
    header: { parentId: PARENT_ID, parentName: 'parent.vhd', parentTimestamp: 700_000_000 },
    locators: [
      { platform: 'W2ru', data: '.\\parent.vhd' },
      { platform: 'W2ku', data: 'C:\\vm\\parent.vhd' },
      { platform: 'MacX', data: 'file:///vm/parent.vhd' },
    ],
    blocks: [{ index: 2, data: 7, bitmap: [0, 5, 6, 31] }],
  },
  fixed: { type: 'fixed', sizeBytes: 64 * KIB, data: new Uint8Array(64 * KIB).fill(5) },
  xen: {
    type: 'dynamic',
    sizeBytes: 256 * KIB,
    blockSizeBytes: 16 * KIB,
    batmap: 'valid',
    footer: { creator: 'tap\0', creatorVersion: 0x10003 },
    blocks: [{ index: 1, data: 9 }],
  },
};

export interface Mutant {
  readonly label: string;
  readonly bytes: Uint8Array;
}

interface BaseImage {
  readonly name: string;
  readonly built: BuiltVhd;
  readonly bytes: Uint8Array;
}

const IMAGES: readonly BaseImage[] = Object.entries(BASES).map(([name, knobs]) => {
  const built = buildVhd(knobs);
  return { name, built, bytes: built.bytes() };
});

/** Offset and length of every field of the two structures, from the specification. */
const FOOTER_FIELDS = [
  [0, 8], [8, 4], [12, 4], [16, 8], [24, 4], [28, 4], [32, 4], [36, 4], [40, 8], [48, 8], [56, 2], [58, 1], [59, 1],
  [60, 4], [64, 4], [68, 16], [84, 1], [85, 1], [86, 4], [508, 4],
] as const; // prettier-ignore
const HEADER_FIELDS = [
  [0, 8], [8, 8], [16, 8], [24, 4], [28, 4], [32, 4], [36, 4], [40, 16], [56, 4], [60, 4], [64, 8], [572, 4],
  ...Array.from({ length: 8 }, (_, at) => [
    [576 + at * 24, 4], [580 + at * 24, 4], [584 + at * 24, 4], [588 + at * 24, 4], [592 + at * 24, 8],
  ] as const).flat(),
  [768, 4], [1020, 4],
] as const; // prettier-ignore

/** Numbers that break arithmetic: ends of ranges, powers of two, sizes and places of the image itself. */
function nastyNumbers(lengthBytes: number, fileBytes: number): bigint[] {
  const top = (1n << BigInt(lengthBytes * 8)) - 1n;
  const file = BigInt(fileBytes);
  const all = [
    0n, 1n, 2n, 3n, 5n, 511n, 512n, 513n, 1535n, 1536n, 1537n, 4096n, 0x7fffn, 0xffffn, 0x7fff_ffffn, 0x8000_0000n,
    0xffff_fffen, 0xffff_ffffn, 0x1_0000_0000n, (1n << 53n) - 1n, 1n << 53n, 1n << 62n, 1n << 63n, top - 1n, top,
    file, file - 512n, file - 511n, file / 512n, file / 512n - 1n,
  ]; // prettier-ignore
  return [...new Set(all.filter((value) => value >= 0n && value <= top))];
}

/** Every field of every structure at every nasty value, with its checksum stale and with it right. */
export function* fieldMutants(): Generator<Mutant> {
  for (const { name, built, bytes } of IMAGES) {
    const structures = [
      { what: 'footer', offset: built.footerOffset, size: 512, sum: 64, fields: FOOTER_FIELDS },
      ...(built.headerOffset < 0
        ? []
        : [
            { what: 'copy', offset: 0, size: 512, sum: 64, fields: FOOTER_FIELDS },
            { what: 'header', offset: built.headerOffset, size: 1024, sum: 36, fields: HEADER_FIELDS },
          ]),
    ];
    for (const { what, offset, size, sum, fields } of structures) {
      for (const [at, length] of fields) {
        for (const value of nastyNumbers(length, bytes.length)) {
          for (const sealed of [false, true]) {
            const mutant = Uint8Array.from(bytes);
            writeNumber(mutant, offset + at, length, value);
            if (sealed && at !== sum) seal(mutant, offset, size, sum);
            yield { label: `${name} ${what}+${at} = ${value}${sealed ? ' sealed' : ''}`, bytes: mutant };
          }
        }
      }
    }
  }
}

/** Every BAT entry at every nasty sector, alone and all entries at once. */
export function* batMutants(): Generator<Mutant> {
  for (const { name, built, bytes } of IMAGES.filter(({ built }) => built.batOffset >= 0)) {
    for (const value of nastyNumbers(4, bytes.length)) {
      for (const entries of [[0], [1], [16], Array.from({ length: 17 }, (_, at) => at)]) {
        const mutant = Uint8Array.from(bytes);
        for (const entry of entries) writeNumber(mutant, built.batOffset + entry * 4, 4, value);
        yield {
          label: `${name} BAT ${entries.length > 1 ? 'all' : (entries[0] ?? 0)} = ${value}`,
          bytes: mutant,
        };
      }
    }
  }
}

/** Damage without knowledge: flips, zeros, pieces moved, cut out, cut off and put behind. Repeatable by `seed`. */
export function randomMutant(seed: number): Mutant {
  const random = seedable(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const base = pick(IMAGES);
  let bytes = Uint8Array.from(base.bytes);
  const steps: string[] = [];
  // most of the damage goes where the structures are
  const place = (): number => {
    const centre = pick([
      0,
      512,
      1536,
      Math.max(0, base.built.footerOffset),
      Math.floor(random() * bytes.length),
    ]);
    return Math.min(bytes.length - 1, Math.max(0, centre + Math.floor(random() * 1100)));
  };
  for (let step = 0; step < 1 + Math.floor(random() * 4); step += 1) {
    if (bytes.length < 2) break;
    const at = place();
    const length = Math.min(bytes.length - at, 1 + Math.floor(random() ** 4 * 4096));
    const kind = pick(['flip', 'byte', 'zero', 'ones', 'copy', 'cut', 'drop', 'append', 'seal'] as const);
    steps.push(`${kind}@${at}+${length}`);
    if (kind === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (kind === 'byte') bytes[at] = Math.floor(random() * 256);
    else if (kind === 'zero') bytes.fill(0, at, at + length);
    else if (kind === 'ones') bytes.fill(0xff, at, at + length);
    else if (kind === 'copy') bytes.copyWithin(place(), at, at + length);
    else if (kind === 'cut') bytes = bytes.slice(0, at);
    else if (kind === 'drop')
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    else if (kind === 'append') bytes = Uint8Array.from([...bytes, ...bytes.subarray(at, at + length)]);
    else if (base.built.headerOffset >= 0 && bytes.length > 1536) {
      seal(bytes, 0, 512, 64);
      seal(bytes, base.built.headerOffset, 1024, 36);
    }
  }
  return { label: `${base.name} seed ${seed}: ${steps.join(' ')}`, bytes };
}

function writeNumber(bytes: Uint8Array, offset: number, length: number, value: bigint): void {
  for (let at = 0; at < length; at += 1) {
    bytes[offset + at] = Number((value >> BigInt((length - 1 - at) * 8)) & 0xffn);
  }
}

function seal(bytes: Uint8Array, offset: number, size: number, sumOffset: number): void {
  if (offset + size > bytes.length) return;
  const sum = checksumOf(bytes.subarray(offset, offset + size), sumOffset);
  writeNumber(bytes, offset + sumOffset, 4, BigInt(sum));
}
