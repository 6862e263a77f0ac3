import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createImage, preflightCreate } from '../../../src-main/engine';
import { useTestFolder } from '../../support/temp';

const MIB = 1024 * 1024;
const at = useTestFolder('create');
/** One's complement of the byte sum with the field taken as zero, computed here on purpose. */
function checksumOf(bytes: Buffer, fieldOffset: number): number {
  let sum = 0;
  bytes.forEach((byte, index) => {
    if (index < fieldOffset || index >= fieldOffset + 4) sum += byte;
  });
  return ~sum >>> 0;
}

describe('createImage', () => {
  it('lays a dynamic disk out as the specification says, checksums and unused offsets included', async () => {
    const result = await createImage({ path: at('d.vhd'), type: 'dynamic', sizeBytes: 5 * MIB });
    const bytes = readFileSync(result.path);
    expect(bytes.length).toBe(1536 + 512 + 512);
    expect(result.fileSizeBytes).toBe(bytes.length);
    const [copy, header, footer] = [bytes.subarray(0, 512), bytes.subarray(512, 1536), bytes.subarray(-512)];
    expect(copy.equals(footer)).toBe(true);
    expect(footer.toString('latin1', 0, 8)).toBe('conectix');
    expect(footer.readUInt32BE(8)).toBe(2);
    expect(footer.readBigUInt64BE(16)).toBe(512n);
    expect(footer.toString('latin1', 28, 32)).toBe('win ');
    expect(footer.readUInt32BE(32)).toBe(0x000a0000);
    expect(footer.toString('latin1', 36, 40)).toBe('Wi2k');
    expect(footer.readBigUInt64BE(40)).toBe(BigInt(5 * MIB));
    expect(footer.readBigUInt64BE(48)).toBe(BigInt(5 * MIB));
    expect([footer.readUInt16BE(56), footer[58], footer[59]]).toEqual([150, 4, 17]);
    expect(footer.readUInt32BE(60)).toBe(3);
    expect(footer.readUInt32BE(64)).toBe(checksumOf(footer, 64));
    expect(footer.subarray(68, 84).some((byte) => byte !== 0)).toBe(true);
    expect(header.toString('latin1', 0, 8)).toBe('cxsparse');
    expect(header.readBigUInt64BE(8)).toBe(0xffff_ffff_ffff_ffffn);
    expect(header.readBigUInt64BE(16)).toBe(1536n);
    expect(header.readUInt32BE(28)).toBe(3);
    expect(header.readUInt32BE(32)).toBe(2 * MIB);
    expect(header.readUInt32BE(36)).toBe(checksumOf(header, 36));
    expect(bytes.subarray(1536, 2048).every((byte) => byte === 0xff)).toBe(true);
  });

  it('ends a fixed disk with one footer whose data offset is all ones', async () => {
    const { path: file } = await createImage({ path: at('f.vhd'), type: 'fixed', sizeBytes: 3 * MIB });
    const bytes = readFileSync(file);
    expect(bytes.length).toBe(3 * MIB + 512);
    expect(bytes.subarray(0, 3 * MIB).every((byte) => byte === 0)).toBe(true);
    const footer = bytes.subarray(-512);
    expect(footer.readBigUInt64BE(16)).toBe(0xffff_ffff_ffff_ffffn);
    expect(footer.readUInt32BE(60)).toBe(2);
    expect(footer.readUInt32BE(64)).toBe(checksumOf(footer, 64));
  });

  it('gives each image an id of its own, or the one asked for', async () => {
    const idOf = async (name: string, uniqueId?: string): Promise<string> => {
      await createImage({ path: at(name), type: 'dynamic', sizeBytes: 3 * MIB, uniqueId });
      return readFileSync(at(name)).subarray(68, 84).toString('hex');
    };
    expect(await idOf('a')).not.toBe(await idOf('b'));
    const asked = '01234567-89ab-cdef-0123-456789abcdef';
    expect(await idOf('c', asked.toUpperCase())).toBe(asked.replaceAll('-', ''));
  });

  it('warns where another creator makes QEMU take another size, and not where it does not', async () => {
    const make = (creatorApplication: string, sizeBytes: number) =>
      createImage({
        path: at(`${creatorApplication}-${sizeBytes}`),
        type: 'dynamic',
        sizeBytes,
        creatorApplication,
      });
    expect((await make('vpc', 40 * MIB)).warnings).toHaveLength(2);
    expect((await make('vbox', 40 * MIB)).warnings.join()).toMatch(/QEMU 2\.6 to 9\.2.*41,909,760/);
    expect((await make('win', 40 * MIB)).warnings).toEqual([]);
    expect((await make('vpc', 1008 * MIB)).warnings).toEqual([]);
  });

  it.each([
    ['exact', 40 * MIB + 512, 40 * MIB + 512],
    ['mib', 40 * MIB + 512, 41 * MIB],
    ['universal', 40 * MIB, 155 * MIB],
    ['chs', 40 * MIB, 41_953_280],
  ] as const)('keeps the size rule %s', async (sizeRule, sizeBytes, expected) => {
    const { virtualSizeBytes } = await createImage({
      path: at('r.vhd'),
      type: 'dynamic',
      sizeBytes,
      sizeRule,
    });
    expect(virtualSizeBytes).toBe(expected);
  });

  it.each([
    ['a size that is no multiple of 512', { type: 'dynamic', sizeBytes: 1000 }, 'bad-size'],
    ['no size at all', { type: 'fixed', sizeBytes: 0 }, 'bad-size'],
    [
      'a block that is no power of two',
      { type: 'dynamic', sizeBytes: MIB, blockSizeBytes: 3 * MIB },
      'bad-value',
    ],
    ['a dynamic disk over 2040 GiB', { type: 'dynamic', sizeBytes: 2041 * 1024 * MIB }, 'size-limit'],
    ['blocks for a fixed disk', { type: 'fixed', sizeBytes: MIB, blockSizeBytes: 2 * MIB }, 'bad-value'],
    ['a fully allocated dynamic disk', { type: 'dynamic', sizeBytes: MIB, allocate: 'full' }, 'bad-value'],
    ['an id that is none', { type: 'dynamic', sizeBytes: MIB, uniqueId: 'x' }, 'bad-value'],
    [
      'a creator of five characters',
      { type: 'dynamic', sizeBytes: MIB, creatorApplication: 'abcde' },
      'bad-value',
    ],
    [
      'a universal size beyond the last',
      { type: 'dynamic', sizeBytes: 200 * 1024 * MIB, sizeRule: 'universal' },
      'size-limit',
    ],
  ] as const)('refuses %s and writes nothing', async (_, input, code) => {
    await expect(createImage({ path: at('x.vhd'), ...input })).rejects.toMatchObject({ code });
    expect(readdirSync(at())).toEqual([]);
  });

  it('never replaces a file unless told to', async () => {
    writeFileSync(at('x.vhd'), 'precious');
    const input = { path: at('x.vhd'), type: 'dynamic', sizeBytes: 3 * MIB } as const;
    await expect(createImage(input)).rejects.toMatchObject({ code: 'target-exists' });
    expect(readFileSync(at('x.vhd'), 'utf8')).toBe('precious');
    await createImage({ ...input, replace: true });
    expect(readFileSync(at('x.vhd')).toString('latin1', 0, 8)).toBe('conectix');
    expect(readdirSync(at())).toEqual(['x.vhd']);
  });

  it('does not write through a symbolic link that stands at the target', async () => {
    writeFileSync(at('real'), 'precious');
    symlinkSync(at('real'), at('x.vhd'));
    const input = { path: at('x.vhd'), type: 'dynamic', sizeBytes: 3 * MIB, replace: true } as const;
    await expect(createImage(input)).rejects.toMatchObject({ kind: 'system' });
    expect(readFileSync(at('real'), 'utf8')).toBe('precious');
  });

  it('leaves nothing behind when cancelled in the middle', async () => {
    const abort = new AbortController();
    const onProgress = ({ doneBytes }: { doneBytes: number }): void => {
      if (doneBytes > 8 * MIB) abort.abort();
    };
    const input = { path: at('x.vhd'), type: 'fixed', sizeBytes: 32 * MIB, allocate: 'full' } as const;
    await expect(createImage(input, { signal: abort.signal, onProgress })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(at())).toEqual([]);
  });

  it('reports progress up to the whole', async () => {
    const seen: number[] = [];
    const input = { path: at('x.vhd'), type: 'fixed', sizeBytes: 9 * MIB, allocate: 'full' } as const;
    await createImage(input, { onProgress: ({ doneBytes }) => seen.push(doneBytes) });
    expect(seen.at(0)).toBe(0);
    expect(seen.at(-1)).toBe(9 * MIB);
  });
});

describe('preflightCreate', () => {
  it('foretells the file and the bytes, and writes nothing', async () => {
    const preflight = await preflightCreate({ path: at('x.vhd'), type: 'dynamic', sizeBytes: 1024 * MIB });
    expect(preflight).toMatchObject({
      ok: true,
      predictedFileBytes: 1536 + 2048 + 512,
      bytesToWrite: 1536 + 2048 + 512,
    });
    expect(preflight.freeBytes).toBeGreaterThan(0);
    expect(existsSync(at('x.vhd'))).toBe(false);
  });

  it.each([
    ['a target that exists', 'x.vhd', 'target'],
    ['a folder that is missing', 'no/x.vhd', 'folder-missing'],
    ['a name beyond 255 bytes', 'x'.repeat(256), 'path-length'],
  ])('blocks %s', async (_, name, code) => {
    writeFileSync(at('x.vhd'), '');
    const { ok, items } = await preflightCreate({ path: at(name), type: 'dynamic', sizeBytes: 3 * MIB });
    expect(ok).toBe(false);
    expect(items).toContainEqual(expect.objectContaining({ code, level: 'blocked' }));
  });

  it('blocks what cannot fit, and the operation then refuses with no-space', async () => {
    const input = { path: at('x.vhd'), type: 'fixed', sizeBytes: 2 ** 50, allocate: 'full' } as const;
    expect((await preflightCreate(input)).ok).toBe(false);
    await expect(createImage(input)).rejects.toMatchObject({ code: 'no-space' });
    expect(readdirSync(at())).toEqual([]);
  });
});
