import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDisk, openForWritingDisk, peekImage } from '../../../src-main/engine/chain';
import { relinkImage } from '../../../src-main/engine/ops/relink';
import { snapshotImage } from '../../../src-main/engine/ops/snapshot';
import { readAll } from '../../support/disk-model';
import { contentBy7z, describeOracle, runOracle } from '../../support/oracle';
import { useTempFolders } from '../../support/temp';
import { buildVhd, patternBlock, type BuiltVhd } from '../../support/vhd-builder';

const BLOCK = 64 * 1024;

function buildParent(file: string, type: 'fixed' | 'dynamic' = 'dynamic'): Uint8Array {
  const content = new Uint8Array(8 * BLOCK);
  content.set(patternBlock(2, BLOCK), 2 * BLOCK);
  const built =
    type === 'fixed'
      ? buildVhd({ type, sizeBytes: content.length, data: content })
      : buildVhd({ type, sizeBytes: content.length, blockSizeBytes: BLOCK, blocks: [{ index: 2 }] });
  built.writeTo(file);
  return content;
}

async function contentOf(file: string): Promise<Uint8Array> {
  const opened = await openDisk(file);
  const content = await readAll(opened.disk);
  await opened.close();
  return content;
}

describe('a snapshot', () => {
  const folder = useTempFolders();

  it.each(['fixed', 'dynamic'] as const)(
    'shows the content of its %s parent and leaves it untouched',
    async (type) => {
      const dir = folder();
      const parent = path.join(dir, 'parent.vhd');
      const child = path.join(dir, 'child.vhd');
      const content = buildParent(parent, type);
      const before = fs.readFileSync(parent);
      const result = await snapshotImage({ parent: { path: parent }, path: child });
      expect(result.verified).toBe(true);
      expect(Buffer.compare(await contentOf(child), content)).toBe(0);
      expect(fs.readFileSync(parent).equals(before)).toBe(true);
      const { metadata, locators } = await peekImage(child);
      expect(metadata.type).toBe('differencing');
      expect(metadata.header?.fields.blockSizeBytes).toBe(type === 'fixed' ? 2 * 1024 * 1024 : BLOCK);
      expect(metadata.header?.fields.parentUnicodeName).toBe('parent.vhd');
      expect(metadata.header?.checksum.valid).toBe(true);
      const modified = Math.floor(fs.statSync(parent).mtimeMs / 1000) - 946_684_800;
      expect(metadata.header?.fields.parentTimestampSeconds).toBe(modified);
      expect(locators.map((one) => [one.code, one.path]).slice(0, 2)).toEqual([
        ['W2ru', '.\\parent.vhd'],
        ['W2ku', parent],
      ]);
      for (const { entry } of locators) expect(entry.dataSpace % 512).toBe(0);
    },
  );

  it.runIf(process.platform !== 'win32').each(['back\\slash.vhd', 'con.vhd', 'a:b.vhd', 'dot.vhd.'])(
    'says that nobody finds a parent by the name "%s" that Windows does not take',
    async (name) => {
      const dir = folder();
      const [parent, child] = [path.join(dir, name), path.join(dir, 'child.vhd')];
      buildVhd({ type: 'dynamic', sizeBytes: 8 * 1024 * 1024 }).writeTo(parent);
      const said = [expect.stringContaining(`Windows takes no file "${name}"`)];
      expect((await snapshotImage({ parent: { path: parent }, path: child })).warnings).toEqual(said);
      const history = { historyFolder: path.join(dir, 'history') };
      fs.renameSync(parent, path.join(dir, 'good.vhd'));
      const good = await relinkImage({ child, parent: path.join(dir, 'good.vhd'), history });
      expect(good.warnings).toEqual([]);
      fs.renameSync(path.join(dir, 'good.vhd'), parent);
      expect((await relinkImage({ child, parent, history })).warnings).toEqual(said);
    },
  );

  it('of a snapshot in another folder is found after both were moved together', async () => {
    const dir = folder();
    fs.mkdirSync(path.join(dir, 'a', 'children'), { recursive: true });
    const base = path.join(dir, 'a', 'base.vhd');
    const middle = path.join(dir, 'a', 'children', 'middle.avhd');
    const leaf = path.join(dir, 'a', 'leaf.vhd');
    const content = buildParent(base);
    await snapshotImage({ parent: { path: base }, path: middle });
    await snapshotImage({ parent: { path: middle }, path: leaf });
    fs.renameSync(path.join(dir, 'a'), path.join(dir, 'b'));
    expect(Buffer.compare(await contentOf(path.join(dir, 'b', 'leaf.vhd')), content)).toBe(0);
  });

  it('is refused where the target exists, and of a parent without a unique id', async () => {
    const dir = folder();
    const parent = path.join(dir, 'parent.vhd');
    buildParent(parent);
    const input = { parent: { path: parent }, path: parent };
    await expect(snapshotImage(input)).rejects.toMatchObject({ code: 'target-is-source' });
    const other = path.join(dir, 'other.vhd');
    fs.writeFileSync(other, '');
    await expect(snapshotImage({ ...input, path: other })).rejects.toMatchObject({ code: 'target-exists' });
    const nameless = path.join(dir, 'nameless.vhd');
    buildVhd({
      type: 'fixed',
      sizeBytes: BLOCK,
      footer: { uniqueId: '00000000-0000-0000-0000-000000000000' },
    }).writeTo(nameless);
    const refused = snapshotImage({ parent: { path: nameless }, path: path.join(dir, 'c.vhd') });
    await expect(refused).rejects.toMatchObject({ code: 'unsupported' });
    expect(fs.readdirSync(dir).sort()).toEqual(['nameless.vhd', 'other.vhd', 'parent.vhd']);
  });
});

describeOracle(['7z', 'qemu-img'], 'a written snapshot', () => {
  const folder = useTempFolders();

  it('is read with its parent by 7-Zip, and opens in qemu-img', async () => {
    const dir = folder();
    const parent = path.join(dir, 'parent.vhd');
    const child = path.join(dir, 'child.vhd');
    const content = buildParent(parent);
    await snapshotImage({ parent: { path: parent }, path: child });
    const opened = await openForWritingDisk(child);
    const bytes = patternBlock(5, 3000);
    await opened.disk.writeAt(bytes, 2 * BLOCK + 700);
    await opened.disk.flush();
    await opened.close();
    content.set(bytes, 2 * BLOCK + 700);
    expect(contentBy7z(child).equals(content)).toBe(true);
    expect(runOracle('qemu-img', ['info', '-f', 'vpc', child]).status).toBe(0);
  });
});

describe('relinking', () => {
  const folder = useTempFolders();

  async function lostChild(): Promise<{ dir: string; child: string; moved: string; content: Uint8Array }> {
    const dir = folder();
    const parent = path.join(dir, 'parent.vhd');
    const child = path.join(dir, 'child.vhd');
    const content = buildParent(parent);
    await snapshotImage({ parent: { path: parent }, path: child });
    const opened = await openForWritingDisk(child);
    await opened.disk.writeAt(patternBlock(7, 5000), 12_345);
    await opened.disk.flush();
    await opened.close();
    content.set(patternBlock(7, 5000), 12_345);
    const moved = path.join(dir, 'a folder with a rather long name', 'renamed parent.vhd');
    fs.mkdirSync(path.dirname(moved));
    fs.renameSync(parent, moved);
    await expect(openDisk(child)).rejects.toMatchObject({ code: 'parent-missing' });
    return { dir, child, moved, content };
  }

  it('finds a moved parent by its unique id, and the child reads as before', async () => {
    const { dir, child, content } = await lostChild();
    const history = { historyFolder: path.join(dir, 'history') };
    const modified = fs.statSync(child).mtimeMs;
    const result = await relinkImage({ child, searchFolder: dir, history });
    // its own children may remember when it was modified, and it shows what it showed
    expect(fs.statSync(child).mtimeMs).toBeCloseTo(modified, 0);
    expect(result.journal).not.toBeNull();
    expect(Buffer.compare(await contentOf(child), content)).toBe(0);
    const { locators } = await peekImage(child);
    expect(locators[0]?.path).toBe('.\\a folder with a rather long name\\renamed parent.vhd');
  });

  it('refuses another image unless that is accepted, and then names its id', async () => {
    const { dir, child } = await lostChild();
    const history = { historyFolder: path.join(dir, 'history') };
    const stranger = path.join(dir, 'stranger.vhd');
    buildParent(stranger);
    const before = fs.readFileSync(child);
    await expect(relinkImage({ child, parent: stranger, history })).rejects.toMatchObject({
      code: 'parent-mismatch',
    });
    expect(fs.readFileSync(child).equals(before)).toBe(true);
    await relinkImage({ child, parent: stranger, acceptMismatch: true, history });
    const { chain, close } = await openDisk(child);
    await close();
    expect(chain[1]?.path).toBe(stranger);
  });

  it.each([
    ['a block', (built: BuiltVhd) => (built.bitmapOffsets.get(1) ?? 0) + 512],
    ['the BAT', (built: BuiltVhd) => built.batOffset],
    ['the batmap', (built: BuiltVhd) => built.batOffset + 512],
    ['the header', (built: BuiltVhd) => built.headerOffset],
    ['the footer', (built: BuiltVhd) => built.footerOffset - 512],
  ])('writes the paths elsewhere where a locator claims %s for its room', async (_what, placeIn) => {
    const dir = folder();
    const parent = path.join(dir, 'parent.vhd');
    const child = path.join(dir, 'child.vhd');
    buildParent(parent);
    const { metadata } = await peekImage(parent);
    const build = (claim: { length?: number; offset?: bigint }): BuiltVhd =>
      buildVhd({
        type: 'differencing',
        sizeBytes: metadata.active?.fields.currentSizeBytes ?? 0,
        blockSizeBytes: BLOCK,
        blocks: [{ index: 0 }, { index: 1 }],
        batmap: 'valid',
        header: { parentId: metadata.active?.fields.uniqueId ?? '', parentName: 'parent.vhd' },
        locators: [{ platform: 'W2ru', data: '.\\parent.vhd', ...claim }],
      });
    const sound = build({});
    sound.writeTo(child);
    const content = await contentOf(child);
    build({ length: 4096, offset: BigInt(placeIn(sound)) }).writeTo(child);
    const before = fs.readFileSync(child);
    await relinkImage({ child, parent, history: { historyFolder: path.join(dir, 'history') } });
    expect(Buffer.compare(await contentOf(child), content)).toBe(0);
    const after = fs.readFileSync(child);
    // all but the header and what the footer's place has become is as it was
    const end = before.length - 512;
    expect(after.subarray(1536, end).equals(before.subarray(1536, end))).toBe(true);
    expect((await peekImage(child)).locators[0]?.path).toBe('.\\parent.vhd');
  });

  it('refuses a loop', async () => {
    const { dir, child, moved } = await lostChild();
    const history = { historyFolder: path.join(dir, 'history') };
    await relinkImage({ child, parent: moved, history });
    const grandchild = path.join(dir, 'grandchild.vhd');
    await snapshotImage({ parent: { path: child }, path: grandchild });
    const looping = relinkImage({
      child,
      parent: grandchild,
      acceptMismatch: true,
      breakChildren: true,
      history,
    });
    await expect(looping).rejects.toMatchObject({ code: 'chain-loop' });
  });
});
