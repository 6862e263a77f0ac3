import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './planted-tree';

const read = (name: string): Buffer => readFileSync(join(ROOT, 'build', 'icons', name));

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Width and height from a PNG's IHDR chunk. */
function pngSize(png: Buffer): { width: number; height: number } {
  expect(png.subarray(0, 8)).toEqual(PNG_SIGNATURE);
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

describe('the icons made by npm run icons', () => {
  test.each([16, 24, 32, 48, 64, 128, 256, 512])('Linux has one of %i pixels', (side) => {
    expect(pngSize(read(`linux/${side}x${side}.png`))).toEqual({ width: side, height: side });
  });

  test.each(['icon.ico', 'vhd.ico'])('%s lists images that lie where it says, up to 256 pixels', (name) => {
    const ico = read(name);
    expect([ico.readUInt16LE(0), ico.readUInt16LE(2)]).toEqual([0, 1]);
    const count = ico.readUInt16LE(4);
    const sides = Array.from({ length: count }, (_, index) => {
      const entry = 6 + 16 * index;
      const lengthBytes = ico.readUInt32LE(entry + 8);
      const offset = ico.readUInt32LE(entry + 12);
      expect(offset + lengthBytes).toBeLessThanOrEqual(ico.length);
      const { width, height } = pngSize(ico.subarray(offset, offset + lengthBytes));
      expect(width).toBe(height);
      expect(ico.readUInt8(entry)).toBe(width % 256);
      return width;
    });
    expect(sides).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  test.each(['icon.icns', 'vhd.icns'])('%s is a chain of elements that ends with the file', (name) => {
    const icns = read(name);
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const sides = new Map<string, number>();
    let offset = 8;
    while (offset < icns.length) {
      const lengthBytes = icns.readUInt32BE(offset + 4);
      expect(lengthBytes).toBeGreaterThan(8);
      const png = icns.subarray(offset + 8, offset + lengthBytes);
      sides.set(icns.toString('latin1', offset, offset + 4), pngSize(png).width);
      offset += lengthBytes;
    }
    expect(offset).toBe(icns.length);
    expect(Object.fromEntries(sides)).toMatchObject({ ic07: 128, ic08: 256, ic09: 512, ic10: 1024 });
  });
});
