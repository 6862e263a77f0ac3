import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeLocatorText,
  describeLocatorPlatform,
  encodeLatin1,
  encodeLocatorText,
  formatPlatformCode,
  LOCATOR_PLATFORM_CODES,
  locatorPath,
  locatorPlatformFromCode,
  pathBaseName,
  readU32,
  resolveDataSpace,
  type LocatorPlatform,
} from '../../../src-shared/vhd';

const PLATFORMS = Object.keys(LOCATOR_PLATFORM_CODES) as LocatorPlatform[];

describe('platform codes', () => {
  it('spell their own names', () => {
    for (const platform of PLATFORMS) {
      const code = LOCATOR_PLATFORM_CODES[platform];
      if (platform !== 'none') expect(code).toBe(readU32(encodeLatin1(platform.padEnd(4, ' ')), 0));
      expect(locatorPlatformFromCode(code)).toBe(platform);
      expect(formatPlatformCode(code)).toBe(platform === 'none' ? '' : platform);
      expect(describeLocatorPlatform(platform)).not.toBe('');
    }
  });

  it('do not know others', () => {
    expect(locatorPlatformFromCode(0x4d163220)).toBeNull();
    expect(formatPlatformCode(0xdeadbeef)).toBe('\\xde\\xad\\xbe\\xef');
  });
});

describe('resolveDataSpace', () => {
  it.each([
    [0, { spaceBytes: 0, unit: 'none' }],
    [1, { spaceBytes: 512, unit: 'sectors' }],
    [511, { spaceBytes: 511 * 512, unit: 'sectors' }],
    [512, { spaceBytes: 512, unit: 'bytes' }],
    [4096, { spaceBytes: 4096, unit: 'bytes' }],
    [65536, { spaceBytes: 65536, unit: 'bytes' }],
    [513, { spaceBytes: null, unit: 'invalid' }],
    [0xffff_ffff, { spaceBytes: null, unit: 'invalid' }],
  ])('takes %d as %j', (stored, space) => {
    expect(resolveDataSpace(stored)).toEqual(space);
  });
});

describe('locator text', () => {
  it('is little-endian UTF-16 for Windows, UTF-8 for Mac OS X, one byte a character before', () => {
    expect(decodeLocatorText('W2ru', Uint8Array.from([0x2e, 0, 0x5c, 0, 0x61, 0]))).toBe('.\\a');
    expect(decodeLocatorText('W2ku', Uint8Array.from([0x61, 0, 0, 0, 0x62, 0]))).toBe('a');
    expect(decodeLocatorText('MacX', Uint8Array.from([0x66, 0xc3, 0xa9]))).toBe('fé');
    expect(decodeLocatorText('Wi2r', Uint8Array.from([0xe9, 0]))).toBe('é');
    expect(decodeLocatorText('Mac', Uint8Array.from([1, 2, 3]))).toBeNull();
    expect(decodeLocatorText('none', new Uint8Array(4))).toBeNull();
  });

  it('comes back as it was written', () => {
    const paths = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.constantFrom('W2ru', 'W2ku', 'MacX'), paths, (platform, path) => {
        expect(decodeLocatorText(platform, encodeLocatorText(platform, path))).toBe(path);
      }),
    );
  });

  it('never throws, whatever bytes there are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLATFORMS), fc.uint8Array(), (platform, data) => {
        const text = decodeLocatorText(platform, data);
        if (text !== null) expect(pathBaseName(locatorPath(platform, text)) ?? 'x').not.toMatch(/[/\\\0]/);
      }),
    );
  });
});

describe('locatorPath', () => {
  it.each([
    ['file:///Users/a/base%20disk.vhd', '/Users/a/base disk.vhd'],
    ['file://./win8.vhd', './win8.vhd'],
    ['file://localhost/a.vhd', '/a.vhd'],
    ['file:/a.vhd', '/a.vhd'],
    ['file:///caf%C3%A9/💾%25.vhd', '/café/💾%.vhd'],
    ['file:///100%.vhd', '/100%.vhd'],
    ['file:///%ff.vhd', '/\ufffd.vhd'],
    ['./plain%20name.vhd', './plain%20name.vhd'],
  ])('decodes %s', (text, path) => {
    expect(locatorPath('MacX', text)).toBe(path);
  });

  it('leaves Windows paths alone', () => {
    expect(locatorPath('W2ru', 'file:///a%20b')).toBe('file:///a%20b');
  });
});

describe('pathBaseName', () => {
  it.each([
    ['.\\win8.vhd', 'win8.vhd'],
    ['C:\\Users\\sergi\\Downloads\\win8.vhd', 'win8.vhd'],
    ['\\\\server\\share\\x.vhd', 'x.vhd'],
    ['/a/b.vhd', 'b.vhd'],
    ['..\\/absolute/base.vhd', 'base.vhd'],
    ['base.vhd', 'base.vhd'],
    ['', null],
    ['/a/', null],
    ['..\\..', null],
    ['.', null],
    ['a\0b', null],
  ])('of %j is %j', (path, name) => {
    expect(pathBaseName(path)).toBe(name);
  });
});
