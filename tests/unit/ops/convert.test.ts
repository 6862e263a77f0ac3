import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  convertFromStream,
  convertImage,
  convertToStream,
  createImage,
  preflightConvert,
  type ConvertInput,
} from '../../../src-main/engine';
import { buildDynamicOf, patchyContent } from '../../support/ops-content';
import { useTestFolder, writeSparseFile } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';

const MIB = 1024 * 1024;
const at = useTestFolder('convert');
const content = patchyContent(9 * MIB, 3);
beforeEach(() => {
  writeSparseFile(at('raw.img'), content);
});
const toDynamic = (more: Partial<ConvertInput> = {}): ConvertInput => ({
  source: { path: at('raw.img') },
  target: at('out.vhd'),
  to: 'dynamic',
  ...more,
});

describe('convertImage', () => {
  it('leaves blocks of zeros out, explicit ones too', async () => {
    const bytes = Buffer.alloc(16 * MIB);
    bytes.fill(7, 4 * MIB, 4 * MIB + 1);
    fs.writeFileSync(at('zeros.img'), bytes);
    const { fileSizeBytes } = await convertImage(toDynamic({ source: { path: at('zeros.img') } }));
    expect(fileSizeBytes).toBe(1536 + 512 + (512 + 2 * MIB) + 512);
  });

  it('skips holes without reading them', async () => {
    fs.writeFileSync(at('holes.img'), 'x');
    fs.truncateSync(at('holes.img'), 1024 * 1024 * MIB);
    const { fileSizeBytes } = await convertImage(toDynamic({ source: { path: at('holes.img') } }));
    expect(fileSizeBytes).toBeLessThan(5 * MIB);
  });

  it('makes the target sparse where the source has zeros', async () => {
    const built = buildVhd({ type: 'dynamic', sizeBytes: 64 * MIB, blocks: [{ index: 31 }] });
    await convertImage({ source: { path: built.writeTo(at('d.vhd')) }, target: at('out.img'), to: 'raw' });
    const stats = fs.statSync(at('out.img'));
    expect(stats.size).toBe(64 * MIB);
    expect(stats.blocks * 512).toBeLessThanOrEqual(2 * MIB + 64 * 1024);
  });

  it('fills up a last half sector with zeros and says so', async () => {
    fs.writeFileSync(at('odd.img'), Buffer.alloc(MIB + 100, 5));
    const { virtualSizeBytes, warnings } = await convertImage(
      toDynamic({ source: { path: at('odd.img'), format: 'raw' } }),
    );
    expect(virtualSizeBytes).toBe(MIB + 512);
    expect(warnings.join()).toMatch(/no whole number of sectors/);
  });

  it('refuses a file of another program, naming it', async () => {
    fs.writeFileSync(at('x.vhdx'), Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(4096)]));
    const convert = convertImage(toDynamic({ source: { path: at('x.vhdx') } }));
    await expect(convert).rejects.toMatchObject({
      code: 'not-a-vhd',
      message: expect.stringContaining('VHDX') as string,
    });
  });

  it('refuses damaged ranges unless they are to be zeros, and leaves nothing', async () => {
    const built = buildVhd({
      type: 'dynamic',
      sizeBytes: 8 * MIB,
      blocks: [{ index: 0 }],
      batOverrides: { 1: 999_999 },
    });
    const source = { path: built.writeTo(at('d.vhd')) };
    await expect(convertImage(toDynamic({ source }))).rejects.toMatchObject({ code: 'damaged-range' });
    expect(fs.readdirSync(at()).sort()).toEqual(['d.vhd', 'raw.img']);
    await expect(
      convertImage(toDynamic({ source: { ...source, allowDamaged: true } })),
    ).resolves.toMatchObject({ verified: true });
  });

  it.each(['copy', 'verify'])(
    'cancelled while it is in "%s", leaves the source alone and nothing else',
    async (phase) => {
      const before = fs.readFileSync(at('raw.img'));
      const abort = new AbortController();
      const onProgress = (progress: { phase: string; doneBytes: number }): void => {
        if (progress.phase === phase && progress.doneBytes > 4 * MIB) abort.abort();
      };
      await expect(convertImage(toDynamic(), { signal: abort.signal, onProgress })).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(fs.readdirSync(at())).toEqual(['raw.img']);
      expect(fs.readFileSync(at('raw.img')).equals(before)).toBe(true);
    },
  );

  it('notices a source that is changed meanwhile, and publishes nothing', async () => {
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase === 'copy') fs.appendFileSync(at('raw.img'), Buffer.alloc(512));
    };
    await expect(convertImage(toDynamic(), { onProgress })).rejects.toMatchObject({ code: 'file-changed' });
    expect(fs.readdirSync(at())).toEqual(['raw.img']);
  });

  it('never replaces a target unless told to', async () => {
    fs.writeFileSync(at('out.vhd'), 'precious');
    await expect(convertImage(toDynamic())).rejects.toMatchObject({ code: 'target-exists' });
    expect(fs.readFileSync(at('out.vhd'), 'utf8')).toBe('precious');
    await convertImage(toDynamic({ replace: true }));
    expect(fs.readdirSync(at()).sort()).toEqual(['out.vhd', 'raw.img']);
  });

  it('never takes the place of its own source, whatever is forced', async () => {
    const path = buildDynamicOf(content, 2 * MIB).writeTo(at('self.vhd'));
    const before = fs.readFileSync(path);
    fs.linkSync(path, at('link.vhd'));
    for (const target of [path, at('link.vhd')]) {
      const converting = convertImage({ source: { path }, target, to: 'fixed', replace: true });
      await expect(converting).rejects.toMatchObject({ code: 'target-is-source' });
    }
    expect(fs.readFileSync(path).equals(before)).toBe(true);
  });

  it('says beforehand what it will write', async () => {
    const preflight = await preflightConvert(toDynamic());
    const { fileSizeBytes } = await convertImage(toDynamic());
    expect(preflight.ok).toBe(true);
    expect(preflight.predictedFileBytes).toBeGreaterThanOrEqual(fileSizeBytes);
    expect(preflight.predictedFileBytes).toBeLessThanOrEqual(1536 + 512 + 5 * (512 + 2 * MIB) + 512);
  });
});

describe('createImage with a source', () => {
  it('takes content and size from it, and may be longer', async () => {
    const source = { path: at('raw.img') };
    const same = await createImage({ path: at('a.vhd'), type: 'fixed', source });
    const longer = await createImage({
      path: at('b.vhd'),
      type: 'fixed',
      source,
      sizeBytes: 12 * MIB,
      allocate: 'full',
    });
    expect([same.virtualSizeBytes, longer.virtualSizeBytes]).toEqual([9 * MIB, 12 * MIB]);
    const bytes = fs.readFileSync(at('b.vhd'));
    expect(bytes.length).toBe(12 * MIB + 512);
    expect(bytes.subarray(0, 9 * MIB).equals(content)).toBe(true);
    expect(bytes.subarray(9 * MIB, 12 * MIB).every((byte) => byte === 0)).toBe(true);
    expect(bytes.toString('latin1', 12 * MIB, 12 * MIB + 8)).toBe('conectix');
    expect(fs.statSync(at('b.vhd')).blocks * 512).toBeGreaterThanOrEqual(12 * MIB);
  });

  it('never cuts the source off', async () => {
    const create = createImage({
      path: at('a.vhd'),
      type: 'dynamic',
      source: { path: at('raw.img') },
      sizeBytes: 8 * MIB,
    });
    await expect(create).rejects.toMatchObject({ code: 'data-beyond-end' });
    expect(fs.readdirSync(at())).toEqual(['raw.img']);
  });
});

describe('convertFromStream', () => {
  async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
    for (let offset = 0; offset < bytes.length; offset += size) {
      await new Promise((resolve) => setImmediate(resolve));
      yield bytes.subarray(offset, offset + size);
    }
  }

  it.each(['dynamic', 'fixed', 'raw'] as const)(
    'makes a %s image of what comes, and leaves no other file',
    async (to) => {
      const result = await convertFromStream(inPieces(content, 65_521), { target: at('out'), to });
      expect(result).toMatchObject({ verified: true, virtualSizeBytes: content.length });
      expect(fs.readdirSync(at()).sort()).toEqual(['out', 'raw.img']);
      await convertImage({ source: { path: at('out') }, target: at('back'), to: 'raw' });
      expect(fs.readFileSync(at('back')).equals(content)).toBe(true);
    },
  );

  it('leaves nothing where the stream breaks off', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield content.subarray(0, MIB);
      await Promise.reject(new Error('gone'));
    }
    await expect(convertFromStream(broken(), { target: at('out'), to: 'raw' })).rejects.toThrow('gone');
    expect(fs.readdirSync(at())).toEqual(['raw.img']);
  });
});

describe('convertToStream', () => {
  it('gives every byte in order, zeros included', async () => {
    const built = buildDynamicOf(content, 512 * 1024);
    const pieces: Buffer[] = [];
    const { bytes } = await convertToStream({ path: built.writeTo(at('d.vhd')) }, async (piece) => {
      pieces.push(Buffer.from(piece));
      await new Promise((resolve) => setImmediate(resolve));
    });
    expect(bytes).toBe(content.length);
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
  });
});
