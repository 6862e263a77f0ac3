import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareImages } from '../../../src-main/engine';
import { equivalentCommand } from '../../../src-main/services/operations/equivalent-command';
import { compareInput } from '../../../src-main/services/operations/operation-inputs';
import { pathsOf } from '../../../src-main/services/operations/operation-paths';
import { useBundledWorker } from '../../support/bundle-engine';
import { useTempFolders } from '../../support/temp';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';
import { openTestDoor, type TestDoor } from './test-services';

const workerPath = useBundledWorker();
const tempFolder = useTempFolders();
let door: TestDoor;
beforeEach(() => {
  door = openTestDoor(tempFolder('documents'), { workerPath: workerPath() });
});
afterEach(() => door.services.close());

const KIB = 1024;
const MIB = 1024 * KIB;

function put(name: string, knobs: VhdKnobs): string {
  const file = path.join(door.folder, name);
  fs.writeFileSync(file, buildVhd(knobs).bytes());
  return file;
}

const dynamicKnobs: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: 8 * MIB,
  blocks: [{ index: 0 }, { index: 2, bitmap: [0, 5] }],
};

/** An image with a broken footer, repaired: what it was, what it is. */
async function repaired(knobs: VhdKnobs = dynamicKnobs) {
  const file = put('a.vhd', knobs);
  const bytes = fs.readFileSync(file);
  bytes.fill(0x99, bytes.length - 448, bytes.length - 444);
  fs.writeFileSync(file, bytes);
  const fileId = door.idOf(file);
  const { stateToken } = await door.call('repair.plan', { fileId });
  expect(await door.runJob({ verb: 'repair', fileId, stateToken })).toMatchObject({ state: 'succeeded' });
  const after = fs.readFileSync(file);
  expect(after.equals(bytes)).toBe(false);
  return { file, fileId, before: bytes, after };
}

describe('the states of an image before its changes', () => {
  it('are none for one that was never changed', async () => {
    const fileId = door.idOf(put('a.vhd', dynamicKnobs));
    expect(await door.call('image.states', { fileId })).toEqual({ states: [] });
  });

  it('have ids that can be looked at like a file', async () => {
    const { fileId, before } = await repaired();
    const { states } = await door.call('image.states', { fileId });
    expect(states).toEqual([expect.objectContaining({ name: 'a.vhd', operation: 'repair', reason: null })]);
    const state = states[0]!.id;
    expect((await door.call('image.states', { fileId })).states[0]?.id).toBe(state);
    const tail = await door.call('image.bytes', { fileId: state, offset: before.length - 512, length: 600 });
    expect(Buffer.from(tail.bytes).equals(before.subarray(-512))).toBe(true);
    expect(tail.fileSizeBytes).toBe(before.length);
    const { structures } = await door.call('image.inspect', { fileId: state, structure: 'footer' });
    expect(structures[0]?.fields.find(({ name }) => name === 'checksum')?.verdict).toBe('wrong');
    expect((await door.call('image.map', { fileId: state, depth: 'bitmaps' })).counts).toEqual(
      (await door.call('image.map', { fileId, depth: 'bitmaps' })).counts,
    );
    expect(
      (await door.call('image.owners', { fileId: state, offset: 0, length: 10 })).spans[0]?.structure,
    ).toBe('footerCopy');
    expect(
      await door.call('image.find', { fileId: state, patternHex: '99999999', fromOffset: 0 }),
    ).toMatchObject({ foundOffset: before.length - 448 });
    expect((await door.call('image.block', { fileId: state, blockIndex: 2 })).state).toBe('partial');
  });

  it('tell the owners of their own bytes, and of the image as it is now after each change', async () => {
    const file = put('a.vhd', dynamicKnobs);
    const fileId = door.idOf(file);
    const ownerAt = async (id: string, offset: number): Promise<string | undefined> =>
      (await door.call('image.owners', { fileId: id, offset, length: 1 })).spans[0]?.label;
    expect(await ownerAt(fileId, 1536 + 4)).toBe('BAT: block 1, not allocated');
    const bytes = fs.readFileSync(file);
    bytes.writeUInt32BE(8192, 1536 + 4);
    fs.writeFileSync(file, bytes);
    expect(await ownerAt(fileId, 1536 + 4)).toBe('BAT: block 1, sector 8,192');
    const { fileId: repairedId } = await repaired();
    const state = (await door.call('image.states', { fileId: repairedId })).states[0]!.id;
    expect(await ownerAt(state, 0)).toBe('Footer copy: Cookie');
    expect(await ownerAt(repairedId, 1536)).toMatch(/^BAT: block 0, sector/);
    expect(await ownerAt(repairedId, Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });

  it('cannot be written through, and are unknown to every other verb', async () => {
    const { fileId, file, after } = await repaired();
    const state = (await door.call('image.states', { fileId })).states[0]!.id;
    for (const [method, input] of [
      ['edit.plan', { fileId: state, set: { creator: 'win' } }],
      ['repair.plan', { fileId: state }],
      ['image.info', { fileId: state }],
      ['jobs.start', { operation: { verb: 'resize', fileId: state, sizeBytes: 16 * MIB } }],
      ['files.describe', { fileId: state }],
    ] as const)
      expect(await door.errorOf(method, input), method).toMatchObject({ code: 'unknown-file' });
    expect(fs.readFileSync(file).equals(after)).toBe(true);
  });

  it('are refused with the reason once somebody else changed the file', async () => {
    const { fileId, file } = await repaired();
    const state = (await door.call('image.states', { fileId })).states[0]!.id;
    fs.appendFileSync(file, new Uint8Array(512));
    expect(await door.errorOf('image.bytes', { fileId: state, offset: 0, length: 10 })).toMatchObject({
      code: 'journal-invalid',
    });
    expect((await door.call('image.states', { fileId })).states[0]?.reason).toMatch(/changed since/);
  });

  it('stay inside the roots of the door', async () => {
    const { fileId, file } = await repaired();
    const state = (await door.call('image.states', { fileId })).states[0]!.id;
    const outside = path.join(tempFolder('outside'), 'a.vhd');
    fs.renameSync(file, outside);
    fs.symlinkSync(outside, file);
    expect(await door.errorOf('image.bytes', { fileId: state, offset: 0, length: 10 })).toMatchObject({
      code: 'outside-roots',
    });
  });

  it('are seen in a folder for undo journals that was used earlier, too', async () => {
    const { fileId, before } = await repaired();
    const chosen = path.join(door.folder, 'elsewhere');
    fs.mkdirSync(chosen);
    await door.call('undo.chooseFolder', { folderId: door.idOf(chosen) });
    const { states } = await door.call('image.states', { fileId });
    expect(states).toEqual([expect.objectContaining({ name: 'a.vhd', operation: 'repair', reason: null })]);
    const tail = { fileId: states[0]!.id, offset: before.length - 512, length: 512 };
    expect(Buffer.from((await door.call('image.bytes', tail)).bytes).equals(before.subarray(-512))).toBe(
      true,
    );
  });

  it('take part in a compare of content, with the blocks that differ', async () => {
    const { fileId, file } = await repaired();
    const { stateToken } = await door.call('edit.plan', { fileId, set: { creator: 'tap' } });
    await door.call('edit.apply', { fileId, stateToken, set: { creator: 'tap' } });
    const state = (await door.call('image.states', { fileId })).states[0]!;
    expect(state.operation).toBe('edit');
    const { registry, documents } = door.services;
    const spec = { verb: 'compare', fileId, otherId: state.id, blockSizeBytes: 2 * MIB } as const;
    const paths = await pathsOf(registry, documents, spec);
    expect(paths).toMatchObject({ file, other: file });
    expect(equivalentCommand(spec, paths)).toBe('');
    const input = compareInput(spec, paths, { roots: undefined, history: {} });
    expect(await compareImages(input)).toMatchObject({
      identical: true,
      differingBlocks: Uint8Array.of(0),
    });
  });
});

describe('the next difference', () => {
  const walk = async (a: string, b: string, guest = false): Promise<{ on: number[]; back: number[] }> => {
    const ids = { fileId: door.idOf(a), otherId: door.idOf(b), guest };
    const run = async (backwards: boolean, start: number): Promise<number[]> => {
      const found: number[] = [];
      for (let fromOffset = start; found.length < 50;) {
        const step = await door.call('image.difference', { ...ids, fromOffset, backwards });
        if (step.foundOffset === null) {
          if (step.done) break;
          fromOffset = step.nextOffset;
          continue;
        }
        found.push(step.foundOffset);
        fromOffset = step.foundOffset + (backwards ? 0 : 1);
      }
      return found;
    };
    return { on: await run(false, 0), back: await run(true, Number.MAX_SAFE_INTEGER) };
  };

  it('is found in both directions, to the byte', async () => {
    const a = put('a.vhd', dynamicKnobs);
    const bytes = fs.readFileSync(a);
    const places = [0, 600, 601, 70_000, bytes.length - 1];
    for (const place of places) bytes[place] = (bytes[place] ?? 0) ^ 0xff;
    const b = path.join(door.folder, 'b.vhd');
    fs.writeFileSync(b, bytes);
    expect(await walk(a, b)).toEqual({ on: places, back: [...places].reverse() });
    expect(await walk(a, a)).toEqual({ on: [], back: [] });
  });

  it('is every byte that only one file has', async () => {
    const a = path.join(door.folder, 'a.vhd');
    const b = path.join(door.folder, 'b.vhd');
    fs.writeFileSync(a, Buffer.alloc(2000));
    fs.writeFileSync(b, Buffer.alloc(2003));
    expect(await walk(a, b)).toEqual({ on: [2000, 2001, 2002], back: [2002, 2001, 2000] });
  });

  it('of what a guest sees does not care where blocks lie in the file', async () => {
    const content = (byte: number): Uint8Array => new Uint8Array(2 * MIB).fill(byte);
    const a = put('a.vhd', {
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [
        { index: 0, data: content(1) },
        { index: 3, data: content(2) },
      ],
    });
    const other = content(2);
    other[1234] = 9;
    const b = put('b.vhd', {
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [
        { index: 3, data: other },
        { index: 0, data: content(1) },
      ],
    });
    expect(await walk(a, b, true)).toEqual({ on: [6 * MIB + 1234], back: [6 * MIB + 1234] });
    const { bytes, fileSizeBytes } = await door.call('image.bytes', {
      fileId: door.idOf(b),
      offset: 6 * MIB + 1233,
      length: 3,
      guest: true,
    });
    expect([...bytes]).toEqual([2, 9, 2]);
    expect(fileSizeBytes).toBe(8 * MIB);
  });

  it('is found in a file of two tebibytes that is nearly all holes, without reading them', async ({
    skip,
  }) => {
    const size = 2 * 1024 ** 4;
    const [a, b] = ['a.img', 'b.img'].map((name) => path.join(door.folder, name));
    for (const file of [a!, b!]) {
      fs.writeFileSync(file, 'start');
      try {
        fs.truncateSync(file, size);
      } catch {
        skip('this file system takes no file of two tebibytes');
      }
    }
    const fd = fs.openSync(b!, 'r+');
    fs.writeSync(fd, Buffer.from([7]), 0, 1, size - 300);
    fs.closeSync(fd);
    const ids = { fileId: door.idOf(a!), otherId: door.idOf(b!) };
    expect(await door.call('image.difference', { ...ids, fromOffset: 0 })).toMatchObject({
      foundOffset: size - 300,
    });
  });
});
