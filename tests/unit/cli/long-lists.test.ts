import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutputSink } from '../../../src-main/cli/io';
import { HELD_ELEMENTS_MAX, LongList } from '../../../src-main/cli/long-list';
import { TextOutput } from '../../../src-main/cli/text/output';
import { styleFor } from '../../../src-main/cli/text/style';
import type { BlockMap, QemuExtent } from '../../../src-shared/model';
import { firstSectorBehind, strideSectorsOf, writeLargeBat } from '../../support/large-bat';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders();
const BLOCK_BYTES = 4096;
const ENTRIES = 2 * HELD_ELEMENTS_MAX;
const UNUSED = 0xffff_ffff;
/** Every other block is there, and all zero: each is a run of its own. */
const alternating = (block: number): number =>
  block % 2 === 0 ? firstSectorBehind(ENTRIES) + (block / 2) * strideSectorsOf(BLOCK_BYTES) : UNUSED;

function makeImage(sectorOf = alternating): string {
  const file = path.join(makeFolder(), 'long.vhd');
  const shape = { entries: ENTRIES, blockSizeBytes: BLOCK_BYTES, blocksInFile: ENTRIES / 2 };
  return writeLargeBat(file, { ...shape, sectorOf });
}

describe('a map of more runs than are held', () => {
  it('is one whole JSON document, each run once', async () => {
    const { exitCode, ...result } = await runCli(['map', makeImage(), '--json']);
    expect(exitCode).toBe(0);
    const { blocks, blockSizeBytes } = result.json<BlockMap>();
    expect(blockSizeBytes).toBe(BLOCK_BYTES);
    expect(blocks.length).toBe(ENTRIES);
    expect(blocks.findIndex(({ index, count }, at) => index !== at || count !== 1)).toBe(-1);
    expect(blocks.at(-2)).toEqual({ index: ENTRIES - 2, count: 1, state: 'zero' });
    expect(blocks.at(-1)).toEqual({ index: ENTRIES - 1, count: 1, state: 'unallocated' });
  });

  it('is one in the words of qemu-img, too', async () => {
    const { exitCode, ...result } = await runCli(['map', makeImage(), '--json', '--format', 'qemu']);
    expect(exitCode).toBe(0);
    const extents = result.json<QemuExtent[]>();
    expect(extents.length).toBe(ENTRIES);
    expect(extents.reduce((end, { start, length }) => (start === end ? end + length : NaN), 0)).toBe(
      ENTRIES * BLOCK_BYTES,
    );
  });

  it('is aligned as text from its first row to its last, and summed up', async () => {
    const { exitCode, stdout } = await runCli(['map', makeImage()]);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    const rows = lines.filter((line) => /^ +[\d,]+ +1 +[\d,]+ +4 KiB +(zero|unallocated)$/.test(line));
    expect(rows.length).toBe(ENTRIES);
    expect(new Set(rows.map((row) => row.search(/zero|unallocated/))).size).toBe(1);
    expect(stdout).toMatch(/zero +32,768 blocks, 128 MiB: stored, and reads as zeros\n/);
    expect(stdout).toMatch(/unallocated +32,768 blocks, 128 MiB: not stored/);
  });

  it('ends with the error where the image turns out to be damaged on the way', async () => {
    const image = makeImage((block) => (block === ENTRIES - 2 ? 0xfff_ffff : alternating(block)));
    const { exitCode, stderr, ...result } = await runCli(['map', image, '--json']);
    expect(exitCode).toBe(3);
    const document = result.json<BlockMap & JsonError>();
    expect(document.error.code).toBe('damaged-range');
    expect(document.blocks.length).toBeGreaterThan(HELD_ELEMENTS_MAX);
    expect(stderr).toMatch(/cannot be trusted/);
  });

  it('is never taken for whole where it is broken off and nothing but a list', async () => {
    const image = makeImage((block) => (block === ENTRIES - 2 ? 0xfff_ffff : alternating(block)));
    const { exitCode, stdout, stderr, ...result } = await runCli([
      'map',
      image,
      '--json',
      '--format',
      'qemu',
    ]);
    expect(exitCode).toBe(3);
    expect(stdout.startsWith('[\n{"start":0,')).toBe(true);
    expect(() => result.json()).toThrow(SyntaxError);
    expect(stderr).toMatch(/cannot be trusted/);
  });

  it('is gone through no further where its reader has gone', async () => {
    // the damage lies behind: who went on would meet it
    const image = makeImage((block) => (block === ENTRIES - 2 ? 0xfff_ffff : alternating(block)));
    expect((await runCli(['map', image, '--json'], { readerGone: true })).exitCode).toBe(0);
    expect((await runCli(['map', image], { readerGone: true })).exitCode).toBe(0);
  });
});

describe('a short map', () => {
  it('is printed when all of it is known: nothing stands in front of an error', async () => {
    const file = path.join(makeFolder(), 'short.vhd');
    const sectorOf = (block: number): number => (block === 3 ? 0xfff_ffff : UNUSED);
    writeLargeBat(file, { entries: 4, blockSizeBytes: BLOCK_BYTES, sectorOf, blocksInFile: 0 });
    const { exitCode, ...result } = await runCli(['map', file, '--json']);
    expect(exitCode).toBe(3);
    expect(Object.keys(result.json())).toEqual(['error']);
    expect((await runCli(['map', file])).stdout).toBe('');
  });
});

describe('a long table', () => {
  const ROWS = 200_000;

  it('is made no faster than it is read', async () => {
    let made = 0;
    let readCharacters = 0;
    let mostAhead = 0;
    const sink: OutputSink = {
      isTerminal: false,
      columns: null,
      write: async (chunk) => {
        await new Promise((resolve) => setImmediate(resolve));
        mostAhead = Math.max(mostAhead, made - readCharacters / 'row 000000\n'.length);
        readCharacters += String(chunk).length;
      },
    };
    const rows = (async function* () {
      for (; made < ROWS; made += 1) yield made;
    })();
    const out = new TextOutput(sink, styleFor(sink, {}));
    await out.longTable(
      [{ title: '', widest: 'row 000000' }],
      await LongList.of(rows, 100),
      (row) => [`row ${String(row).padStart(6, '0')}`],
      0,
    );
    await out.flush();
    expect(readCharacters).toBe(ROWS * 11);
    expect(mostAhead).toBeLessThan(20_000);
  });

  it('looks like a short one where its columns are as wide', async () => {
    const words = ['a', 'long', 'bb', 'c'];
    const textOf = async (heldMax: number): Promise<string> => {
      let text = '';
      const sink: OutputSink = {
        isTerminal: false,
        columns: null,
        write: (chunk) => {
          text += String(chunk);
          return Promise.resolve();
        },
      };
      const out = new TextOutput(sink, styleFor(sink, {}));
      const source = (async function* () {
        yield* words;
      })();
      const columns = [{ title: 'Word', align: 'right', widest: 'long' }, { title: 'Again' }] as const;
      await out.longTable(columns, await LongList.of(source, heldMax), (word) => [word, word]);
      await out.flush();
      return text;
    };
    expect(await textOf(2)).toBe(await textOf(100));
    expect(await textOf(100)).toBe('  Word  Again\n     a  a\n  long  long\n    bb  bb\n     c  c\n');
  });
});
