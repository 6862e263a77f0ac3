/** Images as other tools lay them out, and odder: whatever lies where, a verb keeps what is shown and leaves no fault. */
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  checkImage,
  compactImage,
  convertImage,
  NodeFile,
  readMetadata,
  relinkImage,
  resizeImage,
  undoImage,
  writeGuest,
} from '../../src-main/engine';
import { caseCount, fillRandomly } from '../support/disk-model';
import type { Finding } from '../../src-shared/model';
import { seededRandom } from '../support/random';
import { withTempFolder } from '../support/temp';
import { buildVhd, nextId, type BlockKnobs, type BuiltVhd, type VhdKnobs } from '../support/vhd-builder';
import { shownBy } from '../support/shown-by';

const SECTOR = 512;

interface Plan {
  readonly type: 'dynamic' | 'differencing';
  readonly sectors: number;
  readonly oddBytes: number;
  readonly blockSizeBytes: number;
  readonly seed: number;
  readonly headerOffset: number;
  readonly batPlace: 'usual' | 'far' | 'behind the blocks';
  readonly extraEntries: number;
  readonly footerForm: 512 | 511;
  readonly hasBatmap: boolean;
  readonly gapBeforeFooterSectors: number;
  readonly areLocatorsFar: boolean;
  readonly isParentLonger: boolean;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  type: fc.constantFrom('dynamic' as const, 'differencing' as const),
  sectors: fc.integer({ min: 1, max: 120 }),
  oddBytes: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 511 })),
  blockSizeBytes: fc.constantFrom(512, 1024, 2048, 4096, 65_536),
  seed: fc.integer(),
  headerOffset: fc.constantFrom(512, 512, 1536, 8192),
  batPlace: fc.constantFrom('usual' as const, 'usual' as const, 'far' as const, 'behind the blocks' as const),
  extraEntries: fc.constantFrom(0, 0, 1, 200),
  footerForm: fc.constantFrom(512 as const, 512 as const, 511 as const),
  hasBatmap: fc.boolean(),
  gapBeforeFooterSectors: fc.constantFrom(0, 0, 3, 8),
  areLocatorsFar: fc.boolean(),
  isParentLonger: fc.boolean(),
});

const verbs = fc.oneof(
  fc.record({ verb: fc.constant('grow' as const), sectors: fc.constantFrom(1, 7, 300, 40_000) }),
  fc.record({ verb: fc.constant('shrink' as const) }),
  fc.record({ verb: fc.constant('compact' as const), isNew: fc.boolean(), realign: fc.boolean() }),
  fc.record({ verb: fc.constant('write' as const), at: fc.nat(), length: fc.nat(), noUndo: fc.boolean() }),
  fc.record({ verb: fc.constant('relink' as const) }),
  fc.record({
    verb: fc.constant('convert' as const),
    to: fc.constantFrom('fixed' as const, 'dynamic' as const),
  }),
);
type Verb = typeof verbs extends fc.Arbitrary<infer T> ? T : never;

/** Blocks in any order and with gaps, some bits clear; `content` comes in as what lies beneath. */
function blocksOf(plan: Plan, random: () => number, content: Buffer): BlockKnobs[] {
  const blocks: BlockKnobs[] = [];
  const sectorsPerBlock = plan.blockSizeBytes / SECTOR;
  for (let index = 0; index * plan.blockSizeBytes < content.length; index += 1) {
    if (random() < 0.4) continue;
    const data = new Uint8Array(plan.blockSizeBytes);
    fillRandomly(data, random);
    const isFull = random() < 0.3;
    const bitmap = Array.from({ length: sectorsPerBlock }, (_, sector) => sector).filter(
      () => isFull || random() < 0.6,
    );
    for (const sector of bitmap) {
      const at = index * plan.blockSizeBytes + sector * SECTOR;
      content.set(
        data.subarray(sector * SECTOR, (sector + 1) * SECTOR).subarray(0, Math.max(0, content.length - at)),
        Math.min(at, content.length),
      );
    }
    for (let sector = 0; sector < sectorsPerBlock; sector += 1)
      if (!bitmap.includes(sector)) data.fill(0, sector * SECTOR, (sector + 1) * SECTOR);
    blocks.push({ index, data, bitmap, gapBytes: random() < 0.3 ? SECTOR * Math.floor(random() * 9) : 0 });
  }
  return blocks.sort(() => random() - 0.5);
}

/** The image at `file`, its parent beside it where it has one, and what it shows. */
function build(plan: Plan, folder: string, file: string): Buffer {
  const random = seededRandom(plan.seed);
  const sizeBytes = plan.sectors * SECTOR + plan.oddBytes;
  const content = Buffer.alloc(sizeBytes);
  let link: Partial<VhdKnobs> = {};
  if (plan.type === 'differencing') {
    const data = new Uint8Array(sizeBytes + (plan.isParentLonger ? 50 * SECTOR : 0));
    fillRandomly(data, random);
    content.set(data.subarray(0, sizeBytes));
    const parent = buildVhd({ type: 'fixed', sizeBytes: data.length, data });
    parent.writeTo(path.join(folder, 'parent.vhd'));
    link = {
      header: { parentId: parent.uniqueId, parentName: 'parent.vhd' },
      locators: [
        { platform: 'W2ru', data: '.\\parent.vhd' },
        { platform: 'W2ku', data: 'C:\\images\\parent.vhd' },
      ],
      ...(plan.areLocatorsFar ? { locatorsOffset: 24_576 } : {}),
    };
  }
  const knobs: VhdKnobs = {
    type: plan.type,
    sizeBytes,
    blockSizeBytes: plan.blockSizeBytes,
    blocks: blocksOf(plan, random, content),
    footer: { uniqueId: nextId() },
    footerForm: plan.footerForm,
    headerOffset: plan.headerOffset,
    ...(plan.batPlace === 'far' ? { batOffset: 16_384 } : {}),
    extraEntries: plan.extraEntries,
    ...(plan.hasBatmap && plan.batPlace === 'usual' ? { batmap: 'valid' as const } : {}),
    gapBeforeFooterBytes: plan.gapBeforeFooterSectors * SECTOR,
    ...link,
  };
  (plan.batPlace === 'behind the blocks' ? withBatBehind(knobs) : buildVhd(knobs)).writeTo(file);
  return content;
}

/** The same image with its BAT moved behind everything else, zeros where it was. */
function withBatBehind(knobs: VhdKnobs): BuiltVhd {
  const gap = { ...knobs, gapBeforeFooterBytes: 32_768 };
  const usual = buildVhd(gap);
  const entries = Math.ceil(knobs.sizeBytes / (knobs.blockSizeBytes ?? 1)) + (knobs.extraEntries ?? 0);
  const length = Math.ceil((entries * 4) / SECTOR) * SECTOR;
  const bat = usual.bytes().subarray(usual.batOffset, usual.batOffset + length);
  const offset = usual.footerOffset - 32_768;
  return buildVhd({
    ...gap,
    header: { ...knobs.header, tableOffset: BigInt(offset) },
    patches: [
      { offset: usual.batOffset, bytes: new Uint8Array(length) },
      { offset, bytes: bat },
    ],
  });
}

const UNREFERENCED = ['unreferenced-data', 'unreferenced-space'];

/** Errors, and what a deep check says of stretches that belong to nothing and are not simply empty. */
async function faultsOf(file: string): Promise<readonly string[]> {
  const opened = await NodeFile.open(file, 'read');
  try {
    const { findings } = await checkImage(
      { file: opened, metadata: await readMetadata(opened) },
      { deep: true },
    );
    const isFault = ({ code, severity }: Finding): boolean =>
      severity === 'error' ||
      code === 'unreferenced-data' ||
      (code === 'unreferenced-space' && severity === 'warning');
    return findings.filter(isFault).map(({ code }) => code);
  } finally {
    await opened.close();
  }
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** Runs the verb; gives where the result is and what it must show, or null where the verb has nothing to do. */
async function run(
  verb: Verb,
  file: string,
  content: Buffer,
  plan: Plan,
): Promise<{ file: string; content: Buffer } | null> {
  const folder = path.dirname(file);
  const history = { historyFolder: path.join(folder, 'history') };
  const target = path.join(folder, 'target.vhd');
  const image = { path: file };
  switch (verb.verb) {
    case 'grow': {
      const sizeBytes = (Math.ceil(content.length / SECTOR) + verb.sectors) * SECTOR;
      await resizeImage({ image, sizeBytes, history });
      return { file, content: Buffer.concat([content, Buffer.alloc(sizeBytes - content.length)]) };
    }
    case 'shrink': {
      let end = Math.ceil(content.length / SECTOR);
      while (end > 1 && content.subarray((end - 1) * SECTOR).every((byte) => byte === 0)) end -= 1;
      if (end * SECTOR >= content.length) return null;
      await resizeImage({ image, sizeBytes: end * SECTOR, shrink: true, history });
      return { file, content: content.subarray(0, end * SECTOR) };
    }
    case 'compact': {
      const { isNew } = verb;
      const realign = verb.realign && plan.blockSizeBytes >= 4096;
      await compactImage({ image, realign, history, ...(isNew ? { target } : {}) });
      return { file: isNew ? target : file, content };
    }
    case 'write': {
      const offset = verb.at % content.length;
      const bytes = Buffer.alloc(1 + (verb.length % (content.length - offset)));
      fillRandomly(bytes, seededRandom(verb.length));
      await writeGuest({ image, offset, noUndo: verb.noUndo, history }, inOnePiece(bytes));
      const changed = Buffer.from(content);
      bytes.copy(changed, offset);
      return { file, content: changed };
    }
    case 'relink':
      if (plan.type !== 'differencing') return null;
      await relinkImage({ child: file, parent: path.join(folder, 'parent.vhd'), history });
      return { file, content };
    case 'convert':
      await convertImage({ source: image, target, to: verb.to });
      return {
        file: target,
        content: Buffer.concat([content, Buffer.alloc((SECTOR - (content.length % SECTOR)) % SECTOR)]),
      };
  }
}

it('a verb keeps what an oddly laid out image shows, leaves no fault, and can be undone', async () => {
  await fc.assert(
    fc.asyncProperty(plans, verbs, async (plan, verb) => {
      await withTempFolder(async (folder) => {
        const file = path.join(folder, 'disk.vhd');
        const content = build(plan, folder, file);
        const before = fs.readFileSync(file);
        expect((await shownBy(file)).equals(content), 'before').toBe(true);
        const faults = await faultsOf(file);
        expect(
          faults.filter((code) => !code.startsWith('unreferenced')),
          'before',
        ).toEqual([]);
        const done = await run(verb, file, content, plan);
        if (!done) return;
        expect((await shownBy(done.file)).equals(done.content)).toBe(true);
        // what a new file or a compacted one has of them, the verb made; other verbs leave what was there
        const isNewOrPacked = done.file !== file || verb.verb === 'compact';
        // replaced locators stay where they were
        const mayStay = verb.verb === 'relink' ? UNREFERENCED : isNewOrPacked ? [] : faults;
        expect((await faultsOf(done.file)).filter((code) => !mayStay.includes(code))).toEqual([]);
        if (done.file !== file) expect(fs.readFileSync(file).equals(before)).toBe(true);
        else if (!(verb.verb === 'write' && verb.noUndo) && !fs.readFileSync(file).equals(before)) {
          await undoImage(file, { historyFolder: path.join(folder, 'history') });
          expect(fs.readFileSync(file).equals(before)).toBe(true);
        }
      });
    }),
    { numRuns: caseCount(40) },
  );
});
