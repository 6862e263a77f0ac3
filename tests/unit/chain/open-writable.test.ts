import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDisk, openForWritingDisk } from '../../../src-main/engine/chain';
import { identityOfPath } from '../../../src-main/engine/io';
import { nativeFs } from '../../../src-main/engine/io/native';
import { readAll } from '../../support/disk-model';
import { useTempFolders } from '../../support/temp';
import { buildVhd, patternBlock } from '../../support/vhd-builder';

const SIZE = 64 * 1024;

describe('opening for writing', () => {
  const folder = useTempFolders();

  function image(): string {
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: SIZE,
      blockSizeBytes: 4096,
      blocks: [{ index: 1 }],
    });
    return built.writeTo(path.join(folder(), 'disk.vhd'));
  }

  it.skipIf(nativeFs() === null)('lets one writer in at a time, and the next one after it', async () => {
    const file = image();
    const first = await openForWritingDisk(file);
    await expect(openForWritingDisk(file)).rejects.toMatchObject({ code: 'file-in-use' });
    const reader = await openDisk(file);
    await reader.close();
    await first.close();
    const second = await openForWritingDisk(file);
    await second.close();
  });

  it('is refused where the file was changed or replaced since it was looked at', async () => {
    const file = image();
    const seen = await identityOfPath(file);
    fs.appendFileSync(file, Buffer.alloc(0));
    fs.utimesSync(file, new Date(), new Date(Date.now() + 5000));
    await expect(openForWritingDisk(file, { seen })).rejects.toMatchObject({ code: 'file-changed' });
    const again = await identityOfPath(file);
    fs.copyFileSync(file, `${file}.copy`);
    fs.renameSync(`${file}.copy`, file);
    await expect(openForWritingDisk(file, { seen: again })).rejects.toMatchObject({ code: 'file-changed' });
  });

  it('refuses what is no VHD, and leaves no handle and no lock behind', async () => {
    const file = path.join(folder(), 'raw.vhd');
    fs.writeFileSync(file, Buffer.alloc(4096, 1));
    await expect(openForWritingDisk(file)).rejects.toMatchObject({ code: 'no-metadata' });
    const raw = await openForWritingDisk(file, { format: 'raw' });
    await raw.disk.writeAt(Uint8Array.of(9), 4095);
    await raw.close();
    expect(fs.readFileSync(file).at(-1)).toBe(9);
    expect(fs.statSync(file).size).toBe(4096);
  });

  it('never writes outside the guest’s bytes of a fixed disk', async () => {
    const built = buildVhd({ type: 'fixed', sizeBytes: SIZE, data: patternBlock(1, SIZE) });
    const file = built.writeTo(path.join(folder(), 'fixed.vhd'));
    const footer = fs.readFileSync(file).subarray(-512);
    const opened = await openForWritingDisk(file);
    await expect(opened.disk.writeAt(new Uint8Array(2), SIZE - 1)).rejects.toMatchObject({ code: 'usage' });
    await expect(opened.disk.writeZeros(SIZE - 1, 2)).rejects.toMatchObject({ code: 'usage' });
    // a refused call is no failed write
    await opened.disk.writeAt(new Uint8Array(2).fill(7), SIZE - 2);
    await opened.disk.writeZeros(0, 100);
    await opened.disk.flush();
    await opened.close();
    expect(fs.readFileSync(file).subarray(-512).equals(footer)).toBe(true);
    const expected = Uint8Array.from(patternBlock(1, SIZE));
    expected.fill(7, SIZE - 2);
    expected.fill(0, 0, 100);
    const reader = await openDisk(file);
    expect(Buffer.compare(await readAll(reader.disk), expected)).toBe(0);
    await reader.close();
  });
});

describe('a split set', () => {
  const folder = useTempFolders();

  function split(bytes: Uint8Array, at: readonly number[]): string {
    const dir = folder();
    const cuts = [0, ...at, bytes.length];
    for (let part = 0; part + 1 < cuts.length; part += 1) {
      const name = part === 0 ? 'disk.vhd' : `disk.v${String(part).padStart(2, '0')}`;
      fs.writeFileSync(path.join(dir, name), bytes.subarray(cuts[part], cuts[part + 1]));
    }
    return path.join(dir, 'disk.vhd');
  }

  it.each(['fixed', 'dynamic'] as const)('of a %s disk reads as one, and is not written', async (type) => {
    const content = new Uint8Array(SIZE);
    content.set(
      type === 'fixed' ? patternBlock(1, SIZE) : patternBlock(3, 4096),
      type === 'fixed' ? 0 : 3 * 4096,
    );
    const bytes = buildVhd({
      type,
      sizeBytes: SIZE,
      blockSizeBytes: 4096,
      data: content,
      blocks: [{ index: 3 }],
    }).bytes();
    const file = split(bytes, [Math.floor(bytes.length / 3), Math.floor(bytes.length / 2) + 100]);
    const opened = await openDisk(file);
    expect(Buffer.compare(await readAll(opened.disk), content)).toBe(0);
    const states: string[] = [];
    for await (const extent of opened.disk.extents(0, SIZE)) states.push(extent.state);
    expect(states).toContain('data');
    await opened.close();
    await expect(openForWritingDisk(file)).rejects.toMatchObject({ kind: 'refused' });
  });

  it.skipIf(process.platform === 'win32')('takes no link for a piece', async () => {
    const bytes = buildVhd({ type: 'fixed', sizeBytes: SIZE, data: patternBlock(1, SIZE) }).bytes();
    const file = split(bytes, [10_000]);
    const part = path.join(path.dirname(file), 'disk.v01');
    fs.renameSync(part, `${part}.elsewhere`);
    fs.symlinkSync(`${part}.elsewhere`, part);
    await expect(openDisk(file)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('with a missing piece is refused', async () => {
    const bytes = buildVhd({ type: 'fixed', sizeBytes: SIZE, data: patternBlock(1, SIZE) }).bytes();
    const file = split(bytes, [10_000, 20_000]);
    fs.rmSync(path.join(path.dirname(file), 'disk.v01'));
    await expect(openDisk(file)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is not made of a whole image that has such a neighbour', async () => {
    const bytes = buildVhd({ type: 'fixed', sizeBytes: SIZE, data: patternBlock(1, SIZE) }).bytes();
    const file = split(bytes, []);
    fs.writeFileSync(path.join(path.dirname(file), 'disk.v01'), 'something else');
    const opened = await openDisk(file);
    expect(Buffer.compare(await readAll(opened.disk), patternBlock(1, SIZE))).toBe(0);
    await opened.close();
  });
});
