import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ChainReport,
  CompactForecast,
  HashResult,
  ImageInfo,
  OperationResult,
} from '../../../src-shared/model';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;
const BASE_ID = '11111111-2222-4333-8444-555555555555';

let undoBefore: string | undefined;
beforeEach(() => {
  undoBefore = process.env['PLATTER_UNDO_DIR'];
  process.env['PLATTER_UNDO_DIR'] = path.join(makeFolder('undo'), 'undo');
});
afterEach(() => {
  if (undoBefore === undefined) delete process.env['PLATTER_UNDO_DIR'];
  else process.env['PLATTER_UNDO_DIR'] = undoBefore;
});

function makeDynamic(folder: string, name = 'base.vhd'): string {
  return buildVhd({
    type: 'dynamic',
    sizeBytes: 8 * MIB,
    blocks: [{ index: 0 }],
    footer: { uniqueId: BASE_ID },
  }).writeTo(path.join(folder, name));
}

function makeChild(folder: string): string {
  return buildVhd({
    type: 'differencing',
    sizeBytes: 8 * MIB,
    header: { parentId: BASE_ID, parentName: 'base.vhd' },
    locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
    blocks: [{ index: 1 }],
  }).writeTo(path.join(folder, 'child.vhd'));
}

describe('resize', () => {
  it('grows in place, and undo gives the file back byte for byte', async () => {
    const image = makeDynamic(makeFolder());
    const before = fs.readFileSync(image);
    const grown = await runCli(['resize', image, '16M', '--json']);
    expect(grown.exitCode).toBe(0);
    expect(grown.json<OperationResult>()).toMatchObject({ virtualSizeBytes: 16 * MIB });
    const info = (await runCli(['info', image, '--json'])).json<ImageInfo>();
    expect(info).toMatchObject({ virtualSizeBytes: 16 * MIB, health: { errors: 0 } });
    expect((await runCli(['undo', image])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
  });

  it('shrinks only when told to', async () => {
    const image = makeDynamic(makeFolder());
    const before = fs.readFileSync(image);
    expect((await runCli(['resize', image, '4M'])).exitCode).not.toBe(0);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
    expect((await runCli(['resize', image, '4M', '--shrink'])).exitCode).toBe(0);
    expect((await runCli(['info', image, '--json'])).json<ImageInfo>().virtualSizeBytes).toBe(4 * MIB);
  });

  it('refuses, with their names, where children stand on the image', async () => {
    const folder = makeFolder();
    const image = makeDynamic(folder);
    makeChild(folder);
    const refused = await runCli(['resize', image, '16M', '--json']);
    expect(refused.exitCode).toBe(3);
    expect(refused.json<JsonError>().error.code).toBe('has-children');
    expect(refused.json<JsonError>().error.message).toContain('child.vhd');
  });

  it('refuses a size that is none', async () => {
    expect((await runCli(['resize', makeDynamic(makeFolder()), '1000'])).exitCode).toBe(2);
    expect((await runCli(['resize', makeDynamic(makeFolder())])).exitCode).toBe(2);
  });
});

describe('merge', () => {
  it('merges into the parent, keeps its id, and leaves the child unless told otherwise', async () => {
    const folder = makeFolder();
    const base = makeDynamic(folder);
    const child = makeChild(folder);
    const { hash } = (await runCli(['hash', child, '--json'])).json<HashResult>();
    const merged = await runCli(['merge', child, '--into-parent', '--json']);
    expect(merged.exitCode).toBe(0);
    expect(merged.json<OperationResult>()).toMatchObject({ verified: true });
    expect((await runCli(['hash', base, '--json'])).json<HashResult>().hash).toBe(hash);
    expect((await runCli(['info', base, '--json'])).json<ImageInfo>().uniqueId).toBe(BASE_ID);
    expect(fs.existsSync(child)).toBe(true);
    expect((await runCli(['merge', child, '--delete-child'])).exitCode).toBe(0);
    expect(fs.existsSync(child)).toBe(false);
  });

  it('merges into a new file and leaves both as they are', async () => {
    const folder = makeFolder();
    const base = makeDynamic(folder);
    const child = makeChild(folder);
    const before = [base, child].map((file) => fs.readFileSync(file));
    const target = path.join(folder, 'flat.vhd');
    expect((await runCli(['merge', child, '--output', target])).exitCode).toBe(0);
    const hashes = [];
    for (const file of [child, target]) {
      hashes.push((await runCli(['hash', file, '--json'])).json<HashResult>().hash);
    }
    expect(hashes[0]).toBe(hashes[1]);
    [base, child].forEach((file, index) => {
      expect(fs.readFileSync(file).equals(before[index] ?? Buffer.alloc(0))).toBe(true);
    });
  });

  it('refuses what contradicts itself, and an image that is no child', async () => {
    const folder = makeFolder();
    const base = makeDynamic(folder);
    expect((await runCli(['merge', base, '--into-parent', '--output', 'x.vhd'])).exitCode).toBe(2);
    expect((await runCli(['merge', base, '--force'])).exitCode).toBe(2);
    expect((await runCli(['merge', base])).exitCode).toBe(3);
  });
});

describe('azure', () => {
  it('makes a fixed disk of whole MiB, at least 20, and says what it changed', async () => {
    const folder = makeFolder();
    const target = path.join(folder, 'upload.vhd');
    const made = await runCli(['azure', makeDynamic(folder), target, '--json']);
    expect(made.exitCode).toBe(0);
    expect(made.json<OperationResult>().changed.length).toBeGreaterThan(1);
    const info = (await runCli(['info', target, '--json'])).json<ImageInfo>();
    expect(info).toMatchObject({ type: 'fixed', virtualSizeBytes: 20 * MIB, fileSizeBytes: 20 * MIB + 512 });
    expect((await runCli(['azure', path.join(folder, 'base.vhd'), target])).exitCode).toBe(4);
  });
});

describe('snapshot, create differencing and relink', () => {
  it('makes a child that shows what its parent shows', async () => {
    const folder = makeFolder();
    const base = makeDynamic(folder);
    const { hash } = (await runCli(['hash', base, '--json'])).json<HashResult>();
    const children = [path.join(folder, 'a.vhd'), path.join(folder, 'b.vhd')] as const;
    expect((await runCli(['snapshot', base, children[0]])).exitCode).toBe(0);
    const create = ['create', children[1], '--type', 'differencing', '--parent', base];
    expect((await runCli([...create, '--size', '9M'])).exitCode).toBe(2);
    expect((await runCli([...create, '--source', 'x.raw'])).exitCode).toBe(2);
    expect((await runCli([...create, '--size', '8M'])).exitCode).toBe(0);
    for (const child of children) {
      const info = (await runCli(['info', child, '--json'])).json<ImageInfo>();
      expect(info).toMatchObject({ type: 'differencing', blockSizeBytes: 2 * MIB });
      expect(info.parent).toMatchObject({ uniqueId: BASE_ID, identity: 'proven' });
      expect((await runCli(['hash', child, '--json'])).json<HashResult>().hash).toBe(hash);
    }
  });

  it('leads a child back to a parent that was moved, by name and by search', async () => {
    const folder = makeFolder();
    const base = makeDynamic(folder);
    const child = path.join(folder, 'c.vhd');
    await runCli(['snapshot', base, child]);
    const moved = path.join(folder, 'moved', 'deep', 'renamed.vhd');
    fs.mkdirSync(path.dirname(moved), { recursive: true });
    fs.renameSync(base, moved);
    expect((await runCli(['hash', child])).exitCode).toBe(3);
    expect((await runCli(['hash', child, '--parent', moved])).exitCode).toBe(0);
    const before = fs.readFileSync(child);
    expect((await runCli(['relink', child, '--parent', moved])).exitCode).toBe(0);
    expect((await runCli(['hash', child])).exitCode).toBe(0);
    expect((await runCli(['undo', child])).exitCode).toBe(0);
    expect(fs.readFileSync(child).equals(before)).toBe(true);
    expect((await runCli(['relink', child, '--search', path.join(folder, 'moved')])).exitCode).toBe(0);
    expect((await runCli(['hash', child])).exitCode).toBe(0);
  });

  it('refuses another parent unless it is accepted', async () => {
    const folder = makeFolder();
    const child = path.join(folder, 'c.vhd');
    await runCli(['snapshot', makeDynamic(folder), child]);
    const other = path.join(folder, 'other.vhd');
    await runCli(['create', other, '--type', 'dynamic', '--size', '8M']);
    const relink = ['relink', child, '--parent', other];
    const refused = await runCli([...relink, '--json']);
    expect(refused.exitCode).toBe(3);
    expect(refused.json<JsonError>().error.code).toBe('parent-mismatch');
    expect((await runCli([...relink, '--accept-mismatch'])).exitCode).toBe(0);
    expect((await runCli(['relink', child])).exitCode).toBe(2);
    expect((await runCli([...relink, '--search', folder])).exitCode).toBe(2);
  });
});

describe('compact', () => {
  function makeWithZeros(folder: string): string {
    return buildVhd({
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [{ index: 0 }, { index: 1, data: 0 }, { index: 2 }],
    }).writeTo(path.join(folder, 'zeros.vhd'));
  }

  it('forecasts, changes nothing by that, and then does what it said', async () => {
    const image = makeWithZeros(makeFolder());
    const before = fs.readFileSync(image);
    const forecast = (await runCli(['compact', image, '--estimate', '--json'])).json<CompactForecast>();
    expect(forecast.byCause.zeroBlocksBytes).toBe(2 * MIB + 512);
    expect(forecast).toMatchObject({ blocksBefore: 3, blocksAfter: 2 });
    expect(fs.readFileSync(image).equals(before)).toBe(true);
    const { hash } = (await runCli(['hash', image, '--json'])).json<HashResult>();
    expect((await runCli(['compact', image])).exitCode).toBe(0);
    expect(fs.statSync(image).size).toBe(forecast.fileSizeAfterBytes);
    expect((await runCli(['hash', image, '--json'])).json<HashResult>().hash).toBe(hash);
    expect((await runCli(['undo', image])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
  });

  it('makes a new file and leaves the image alone', async () => {
    const folder = makeFolder();
    const image = makeWithZeros(folder);
    const before = fs.readFileSync(image);
    const target = path.join(folder, 'small.vhd');
    expect((await runCli(['compact', image, '--output', target])).exitCode).toBe(0);
    expect(fs.statSync(target).size).toBeLessThan(before.length);
    expect((await runCli(['compare', image, target, '--strict'])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
  });
});

describe('attach-command', () => {
  it('gives commands for each system, read-only first', async () => {
    const image = makeDynamic(makeFolder());
    for (const [system, word] of [
      ['windows', 'Mount-DiskImage'],
      ['linux', 'qemu-nbd'],
      ['macos', 'hdiutil'],
    ] as const) {
      const result = await runCli(['attach-command', image, '--for', system, '--json']);
      expect(result.exitCode).toBe(0);
      const { commands } = result.json<{ commands: { title: string; command: string }[] }>();
      expect(commands.some(({ command }) => command.includes(word))).toBe(true);
      expect(commands.find(({ title }) => title.startsWith('Attach'))?.title).toContain('read-only');
    }
    expect((await runCli(['attach-command', image, '--for', 'amiga'])).exitCode).toBe(2);
  });
});

describe('chain', () => {
  it('goes from the child to its base', async () => {
    const folder = makeFolder();
    const base = makeDynamic(folder);
    const child = makeChild(folder);
    const { images } = (await runCli(['chain', child, '--json'])).json<ChainReport>();
    expect(images.map(({ path: file, depth, parentPath }) => ({ file, depth, parentPath }))).toEqual([
      { file: child, depth: 1, parentPath: base },
      { file: base, depth: 0, parentPath: null },
    ]);
    const text = (await runCli(['chain', child])).stdout;
    expect(text).toContain('depth 1');
    expect(text).toContain('Found by   the parent locator W2ru (Windows, relative path)');
  });

  it('tells what is wrong, and still exits 0', async () => {
    const child = makeChild(makeFolder());
    const result = await runCli(['chain', child, '--json']);
    expect(result.exitCode).toBe(0);
    const [image] = result.json<ChainReport>().images;
    expect(image?.problems.map((problem) => problem.code)).toContain('parent-missing');
    expect((await runCli(['chain', child])).stdout).toContain('error:');
  });

  it('takes every image of a folder', async () => {
    const folder = makeFolder();
    makeDynamic(folder);
    makeChild(folder);
    fs.mkdirSync(path.join(folder, 'sub'));
    makeDynamic(path.join(folder, 'sub'), 'other.vhd');
    const flat = (await runCli(['chain', folder, '--json'])).json<ChainReport>();
    expect(flat.images).toHaveLength(2);
    const deep = (await runCli(['chain', folder, '--recursive', '--json'])).json<ChainReport>();
    expect(deep.images).toHaveLength(3);
  });
});
