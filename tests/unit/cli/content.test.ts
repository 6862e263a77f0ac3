import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  BlockMap,
  CompareResult,
  HashResult,
  ImageInfo,
  OperationResult,
  QemuExtent,
} from '../../../src-shared/model';
import { buildVhd, patternBlock } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
beforeEach(() => {
  vi.stubEnv('PLATTER_UNDO_DIR', path.join(makeFolder('undo'), 'undo'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});
const MIB = 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => crypto.createHash('sha256').update(bytes).digest('hex');

/** 4 MiB: a pattern, then zeros. */
function makeContent(): Buffer {
  const content = Buffer.alloc(4 * MIB);
  content.set(patternBlock(1, 700_000), 0);
  content.set(patternBlock(2, 512), 3 * MIB);
  return content;
}

function makeRaw(folder: string): { raw: string; content: Buffer } {
  const content = makeContent();
  const raw = path.join(folder, 'disk.raw');
  fs.writeFileSync(raw, content);
  return { raw, content };
}

describe('create', () => {
  it('makes a dynamic disk that info reads back', async () => {
    const target = path.join(makeFolder(), 'new.vhd');
    const made = await runCli(['create', target, '--type', 'dynamic', '--size', '40M', '--json']);
    expect(made.exitCode).toBe(0);
    expect(made.json<OperationResult>()).toMatchObject({ path: target, virtualSizeBytes: 40 * MIB });
    const info = (await runCli(['info', target, '--json'])).json<ImageInfo>();
    expect(info).toMatchObject({
      type: 'dynamic',
      virtualSizeBytes: 40 * MIB,
      creator: { application: 'win', versionMajor: 10, versionMinor: 0, hostOs: 'Wi2k' },
      blocks: { total: 20, allocated: 0 },
      health: { errors: 0, warnings: 0 },
    });
  });

  it('never replaces a file without --force', async () => {
    const target = path.join(makeFolder(), 'new.vhd');
    fs.writeFileSync(target, 'precious');
    const argv = ['create', target, '--type', 'fixed', '--size', '4M'];
    const refused = await runCli([...argv, '--json']);
    expect(refused.exitCode).toBe(4);
    expect(refused.json<JsonError>().error.code).toBe('target-exists');
    expect(fs.readFileSync(target, 'utf8')).toBe('precious');
    expect((await runCli([...argv, '--force'])).exitCode).toBe(0);
    expect(fs.statSync(target).size).toBe(4 * MIB + 512);
  });

  it('warns of a creator that changes what readers see', async () => {
    const target = path.join(makeFolder(), 'new.vhd');
    const argv = ['create', target, '--type', 'fixed', '--size', '10M', '--creator', 'vbox'];
    const { exitCode, stderr } = await runCli(argv);
    expect(exitCode).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain('QEMU 2.6 to 9.2 takes the size from the geometry');
  });

  it('fills a new disk with a raw one', async () => {
    const folder = makeFolder();
    const { raw, content } = makeRaw(folder);
    const target = path.join(folder, 'new.vhd');
    expect((await runCli(['create', target, '--type', 'dynamic', '--source', raw])).exitCode).toBe(0);
    const { hash } = (await runCli(['hash', target, '--json'])).json<HashResult>();
    expect(hash).toBe(sha256(content));
  });

  it('refuses what cannot be made', async () => {
    const target = path.join(makeFolder(), 'new.vhd');
    const create = (...argv: string[]): Promise<number> =>
      runCli(['create', target, ...argv]).then((result) => result.exitCode);
    expect(await create('--size', '4M')).toBe(2);
    expect(await create('--type', 'dynamic')).toBe(2);
    expect(await create('--type', 'fixed', '--size', '1000')).toBe(2);
    expect(await create('--type', 'dynamic', '--size', '3T')).toBe(3);
    expect(await create('--type', 'dynamic', '--size', '4M', '--block-size', '3M')).toBe(2);
    expect(await create('--type', 'fixed', '--size', '4M', '--unique-id', 'nonsense')).toBe(2);
    expect(fs.existsSync(target)).toBe(false);
  });
});

describe('convert', () => {
  it('keeps the content through every type, and through standard streams', async () => {
    const folder = makeFolder();
    const { raw, content } = makeRaw(folder);
    const [dynamic, fixed, back] = ['d.vhd', 'f.vhd', 'b.raw'].map((name) => path.join(folder, name));
    const convert = async (...argv: (string | undefined)[]): Promise<void> => {
      const result = await runCli(['convert', ...argv.map((word) => word ?? ''), '--json']);
      expect(result.exitCode).toBe(0);
      expect(result.json<OperationResult>()).toMatchObject({ verified: true });
    };
    await convert(raw, dynamic, '--to', 'dynamic', '--from', 'raw');
    await convert(dynamic, fixed, '--to', 'fixed');
    await convert(fixed, back, '--to', 'raw');
    expect(fs.readFileSync(back ?? '').equals(content)).toBe(true);

    const out = await runCli(['convert', dynamic ?? '', '-']);
    expect(out.exitCode).toBe(0);
    expect(out.bytes.equals(content)).toBe(true);
    const fromInput = path.join(folder, 'i.vhd');
    const taken = await runCli(['convert', '-', fromInput, '--to', 'dynamic'], { stdin: content });
    expect(taken.exitCode).toBe(0);
    expect((await runCli(['convert', fromInput, '-'])).bytes.equals(content)).toBe(true);
    expect(fs.readdirSync(folder).sort()).toEqual(['b.raw', 'd.vhd', 'disk.raw', 'f.vhd', 'i.vhd']);
  });

  it('refuses what cannot go together', async () => {
    const folder = makeFolder();
    const { raw } = makeRaw(folder);
    const json = await runCli(['convert', raw, '-', '--json']);
    expect(json.exitCode).toBe(2);
    expect(json.json<JsonError>().error.code).toBe('json-with-stdout');
    expect((await runCli(['convert', raw, '-', '--to', 'dynamic'])).exitCode).toBe(2);
    expect((await runCli(['convert', raw, '-', '--force'])).exitCode).toBe(2);
    expect((await runCli(['convert', raw, '-'], { terminal: true })).exitCode).toBe(2);
    expect((await runCli(['convert', raw, path.join(folder, 'x.vhd')])).exitCode).toBe(2);
    expect((await runCli(['convert', '-', 'x.vhd', '--to', 'fixed', '--from', 'vhd'])).exitCode).toBe(2);
  });

  it('stops quietly, but not as a success, when nobody reads its output any more', async () => {
    const { raw } = makeRaw(makeFolder());
    const { exitCode, stderr } = await runCli(['convert', raw, '-', '--from', 'raw'], { readerGone: true });
    expect(exitCode).toBe(4);
    expect(stderr).toBe('');
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const folder = makeFolder();
    const { raw } = makeRaw(folder);
    const controller = new AbortController();
    controller.abort();
    const target = path.join(folder, 'x.vhd');
    const result = await runCli(['convert', raw, target, '--to', 'fixed', '--json'], {
      signal: controller.signal,
    });
    expect(result.exitCode).toBe(130);
    expect(result.json<JsonError>().error.code).toBe('cancelled');
    expect(fs.readdirSync(folder)).toEqual(['disk.raw']);
  });
});

describe('compare', () => {
  it('exits 0 where the content is equal, 1 where it differs, and says where', async () => {
    const folder = makeFolder();
    const { raw, content } = makeRaw(folder);
    const vhd = buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: content }).writeTo(
      path.join(folder, 'a.vhd'),
    );
    const same = await runCli(['compare', vhd, raw, '--json']);
    expect(same.exitCode).toBe(0);
    expect(same.json<CompareResult>()).toEqual({
      identical: true,
      firstDifferenceOffset: null,
      differingBytes: 0,
      ranges: [],
      aSizeBytes: 4 * MIB,
      bSizeBytes: 4 * MIB,
    });
    content[2 * MIB] = 9;
    fs.writeFileSync(raw, content);
    const other = await runCli(['compare', vhd, raw, '--json']);
    expect(other.exitCode).toBe(1);
    expect(other.json<CompareResult>()).toMatchObject({ identical: false, firstDifferenceOffset: 2 * MIB });
    expect((await runCli(['compare', vhd, raw])).stdout).toContain('byte 2,097,152');
  });

  it('takes the shorter disk as followed by zeros, unless it is strict', async () => {
    const folder = makeFolder();
    const { raw, content } = makeRaw(folder);
    const longer = path.join(folder, 'longer.raw');
    fs.writeFileSync(longer, Buffer.concat([content, Buffer.alloc(MIB)]));
    expect((await runCli(['compare', raw, longer])).exitCode).toBe(0);
    expect((await runCli(['compare', raw, longer, '--strict'])).exitCode).toBe(1);
  });
});

describe('hash', () => {
  it('is the same for fixed, dynamic and raw with the same content', async () => {
    const folder = makeFolder();
    const { raw, content } = makeRaw(folder);
    const fixed = buildVhd({ type: 'fixed', sizeBytes: 4 * MIB, data: content }).writeTo(
      path.join(folder, 'f.vhd'),
    );
    const dynamic = buildVhd({
      type: 'dynamic',
      sizeBytes: 4 * MIB,
      blocks: [
        { index: 0, data: content.subarray(0, 2 * MIB) },
        { index: 1, data: content.subarray(2 * MIB) },
      ],
    }).writeTo(path.join(folder, 'd.vhd'));
    const expected = { algorithm: 'sha256', hash: sha256(content), bytes: 4 * MIB };
    for (const argv of [[fixed], [dynamic], [raw, '--from', 'raw']]) {
      const result = await runCli(['hash', ...argv, '--json']);
      expect(result.exitCode).toBe(0);
      expect(result.json()).toEqual(expected);
    }
    const part = await runCli(['hash', dynamic, '--offset', '1M', '--length', '5', '--json']);
    expect(part.json<HashResult>().hash).toBe(sha256(content.subarray(MIB, MIB + 5)));
    const blocks = await runCli(['hash', dynamic, '--per-block', '--json']);
    expect(blocks.json<HashResult>().blocks).toEqual([
      sha256(content.subarray(0, 2 * MIB)),
      sha256(content.subarray(2 * MIB)),
    ]);
  });

  it('refuses a raw file that nobody called raw, a range outside, and an unknown algorithm', async () => {
    const { raw } = makeRaw(makeFolder());
    expect((await runCli(['hash', raw])).exitCode).toBe(3);
    expect((await runCli(['hash', raw, '--from', 'raw', '--offset', '5M'])).exitCode).toBe(2);
    expect((await runCli(['hash', raw, '--from', 'raw', '--algorithm', 'md99'])).exitCode).toBe(2);
  });

  it('refuses a child without its parent', async () => {
    const image = buildVhd({
      type: 'differencing',
      sizeBytes: 4 * MIB,
      header: { parentId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee' },
    }).writeTo(path.join(makeFolder(), 'child.vhd'));
    const result = await runCli(['hash', image, '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error.code).toBe('parent-missing');
  });

  it('reports its progress as JSON lines on standard error', async () => {
    const { raw } = makeRaw(makeFolder());
    const { stderr, stdout } = await runCli([
      'hash',
      raw,
      ...['--from', 'raw', '--json', '--progress', 'json'],
    ]);
    JSON.parse(stdout);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toEqual({ phase: 'hash', doneBytes: 4 * MIB, totalBytes: 4 * MIB });
  });
});

describe('map', () => {
  const makeImage = (): string =>
    buildVhd({
      type: 'dynamic',
      sizeBytes: 10 * MIB,
      blocks: [{ index: 1 }, { index: 2 }, { index: 4, bitmap: [0] }],
    }).writeTo(path.join(makeFolder(), 'd.vhd'));

  it('merges runs and says where they lie', async () => {
    const result = await runCli(['map', makeImage(), '--json']);
    expect(result.exitCode).toBe(0);
    const dataOffset = 2048 + 512;
    expect(result.json<BlockMap>()).toEqual({
      blockSizeBytes: 2 * MIB,
      blocks: [
        { index: 0, count: 1, state: 'unallocated' },
        { index: 1, count: 2, state: 'data', fileOffset: dataOffset },
        { index: 3, count: 1, state: 'unallocated' },
        { index: 4, count: 1, state: 'partial', fileOffset: dataOffset + 2 * (2 * MIB + 512) },
      ],
    });
  });

  it('speaks as qemu-img does, over the current size', async () => {
    const result = await runCli(['map', makeImage(), '--format', 'qemu', '--json']);
    const extents = result.json<QemuExtent[]>();
    expect(extents.reduce((sum, extent) => sum + extent.length, 0)).toBe(10 * MIB);
    expect(extents[0]).toEqual({
      start: 0,
      length: 2 * MIB,
      depth: 0,
      present: true,
      zero: true,
      data: false,
    });
    expect(extents[1]).toMatchObject({ start: 2 * MIB, data: true, zero: false, offset: 2560 });
  });

  it('takes a range, and refuses one outside the disk', async () => {
    const image = makeImage();
    const part = await runCli(['map', image, '--offset', '2M', '--length', '4M', '--json']);
    expect(part.json<BlockMap>().blocks.map((run) => [run.index, run.count])).toEqual([[1, 2]]);
    expect((await runCli(['map', image, '--offset', '11M'])).exitCode).toBe(2);
  });

  it('sums up as text', async () => {
    const { stdout } = await runCli(['map', makeImage()]);
    expect(stdout).toMatch(/data\s+2 blocks, 4 MiB: stored in this file/);
  });
});

describe('read and write', () => {
  it('gives any range as bytes, to standard output or a file', async () => {
    const folder = makeFolder();
    const { raw, content } = makeRaw(folder);
    const whole = await runCli(['read', raw, '--from', 'raw']);
    expect(whole.exitCode).toBe(0);
    expect(whole.bytes.equals(content)).toBe(true);
    const part = await runCli(['read', raw, '--from', 'raw', '--offset', '699999', '--length', '3']);
    expect(part.bytes.equals(content.subarray(699_999, 700_002))).toBe(true);

    const target = path.join(folder, 'part.raw');
    const argv = ['read', raw, '--from', 'raw', '--length', '1000', '-o', target, '--json'];
    expect((await runCli(argv)).json()).toEqual({ path: target, offset: 0, length: 1000 });
    expect(fs.readFileSync(target).equals(content.subarray(0, 1000))).toBe(true);
    expect((await runCli(argv)).exitCode).toBe(4);
    expect((await runCli([...argv, '--force'])).exitCode).toBe(0);
  });

  it('refuses bytes beside JSON, on a terminal and outside the disk', async () => {
    const { raw } = makeRaw(makeFolder());
    const read = (argv: string[], terminal = false): Promise<number> =>
      runCli(['read', raw, '--from', 'raw', ...argv], { terminal }).then((result) => result.exitCode);
    expect(await read(['--json'])).toBe(2);
    expect(await read([], true)).toBe(2);
    expect(await read(['--offset', '5M'])).toBe(2);
    expect(await read(['--offset', '3M', '--length', '2M'])).toBe(2);
    expect(await read(['--force'])).toBe(2);
  });

  it('reads what cannot be trusted as zeros only when told to, and says which part', async () => {
    const image = buildVhd({
      type: 'dynamic',
      sizeBytes: 4 * MIB,
      blocks: [{ index: 0 }],
      batOverrides: { 1: 0x00ff_ffff },
    }).writeTo(path.join(makeFolder(), 'd.vhd'));
    const refused = await runCli(['read', image]);
    expect(refused.exitCode).toBe(3);
    const allowed = await runCli(['read', image, '--allow-damaged']);
    expect(allowed.exitCode).toBe(0);
    expect(allowed.bytes.subarray(2 * MIB).every((byte) => byte === 0)).toBe(true);
    expect(allowed.stderr.replace(/\s+/g, ' ')).toContain('from byte 2,097,152 were read as zeros');
    const hash = await runCli(['hash', image, '--allow-damaged', '--json']);
    expect(hash.json<{ readAsZeros: unknown[] }>().readAsZeros).toHaveLength(1);
  });

  it('writes from standard input and from a file, and reads it back', async () => {
    const folder = makeFolder();
    const image = path.join(folder, 'd.vhd');
    await runCli(['create', image, '--type', 'dynamic', '--size', '8M']);
    const written = await runCli(['write', image, '--offset', '1000', '--json'], { stdin: 'hello' });
    expect(written.exitCode).toBe(0);
    expect(written.json<OperationResult>()).toMatchObject({ path: image, verified: true });
    const input = path.join(folder, 'in.bin');
    fs.writeFileSync(input, Buffer.alloc(3 * MIB, 0x5a));
    expect((await runCli(['write', image, '--offset', '4M', '-i', input])).exitCode).toBe(0);
    const { bytes } = await runCli(['read', image]);
    expect(bytes.subarray(1000, 1005).toString()).toBe('hello');
    expect(bytes.subarray(4 * MIB, 7 * MIB).every((byte) => byte === 0x5a)).toBe(true);
    expect((await runCli(['check', image, '--deep', '--strict'])).exitCode).toBe(0);
  });

  it('refuses to write beyond the end, and without an offset', async () => {
    const folder = makeFolder();
    const image = path.join(folder, 'd.vhd');
    await runCli(['create', image, '--type', 'dynamic', '--size', '8M']);
    const before = fs.readFileSync(image);
    expect((await runCli(['write', image], { stdin: 'x' })).exitCode).toBe(2);
    const input = path.join(folder, 'in.bin');
    fs.writeFileSync(input, Buffer.alloc(MIB, 1));
    const tooFar = ['write', image, '--offset', '7.5M', '-i', input];
    expect((await runCli(tooFar)).exitCode).toBe(2);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
  });
});
