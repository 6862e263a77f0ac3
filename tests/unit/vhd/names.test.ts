import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFourCharacterCode,
  describeCreator,
  describeDiskTypeCode,
  describeHostOs,
  DISK_TYPE_CODES,
  diskTypeFromCode,
  encodeLatin1,
  formatCreatorVersion,
  knownCreators,
  padCode,
  splitCreatorVersion,
  trimCode,
} from '../../../src-shared/vhd';

describe('four-character codes', () => {
  it.each([
    ['win ', 'win', 'Windows or Hyper-V'],
    ['tap\0', 'tap', 'Xen blktap (XenServer, XCP-ng)'],
    ['d2v\0', 'd2v', 'Sysinternals Disk2vhd'],
    ['wa\0\0', 'wa', 'Microsoft Azure'],
    ['*img', '*img', 'FreeBSD mkimg'],
    ['vpc ', 'vpc', 'Microsoft Virtual PC'],
    ['abcd', 'abcd', null],
    ['\0\0\0\0', '', null],
    ['a\0b\xff', 'a\\x00b\\xff', null],
  ])('%j is shown as %j, made by %j', (raw, trimmed, tool) => {
    expect(decodeFourCharacterCode(encodeLatin1(`${raw}xyz`))).toBe(raw);
    expect(trimCode(raw)).toBe(trimmed);
    expect(describeCreator(raw)).toBe(tool);
    expect(describeCreator(trimmed)).toBe(tool);
  });

  it('show only printable characters, and never padding, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(trimCode(decodeFourCharacterCode(bytes))).toMatch(/^([\x20-\x7e]*[\x21-\x7e])?$/);
      }),
    );
  });

  it('find nothing under the names of every object', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(describeCreator(name)).toBeNull();
      expect(describeHostOs(name)).toBeNull();
    }
  });

  it('are padded as their own program pads them', () => {
    expect(padCode('win')).toBe('win ');
    expect(padCode('tap')).toBe('tap\0');
    expect(padCode('wa')).toBe('wa\0\0');
    expect(padCode('d2v ')).toBe('d2v ');
    expect(padCode('ab')).toBe('ab  ');
    for (const bad of ['', ' ', 'abcde', 'ä', 'a\u0007']) expect(padCode(bad)).toBeNull();
    for (const { code, tool } of knownCreators()) {
      const padded = padCode(code) ?? '';
      expect([padded.length, trimCode(padded), describeCreator(padded)]).toEqual([4, code, tool]);
    }
  });

  it('name the host system', () => {
    expect(describeHostOs('Wi2k')).toBe('Windows');
    expect(describeHostOs('Mac ')).toBe('Macintosh');
    expect(describeHostOs('\0\0\0\0')).toBeNull();
  });
});

describe('versions and disk types', () => {
  it('split a creator version in two halves', () => {
    expect(formatCreatorVersion(0x000a0000)).toBe('10.0');
    expect(formatCreatorVersion(0x00050003)).toBe('5.3');
    expect(splitCreatorVersion(0xffff_fffe)).toEqual({ major: 65535, minor: 65534 });
  });

  it('know 2, 3 and 4 and nothing else', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 0xffff_ffff].map(diskTypeFromCode)).toEqual([
      null,
      null,
      'fixed',
      'dynamic',
      'differencing',
      null,
      null,
      null,
      null,
    ]);
    for (const code of Object.values(DISK_TYPE_CODES))
      expect(describeDiskTypeCode(code)).toBe(diskTypeFromCode(code));
    expect([0, 5, 7].map(describeDiskTypeCode)).toEqual(['none', 'reserved (deprecated)', 'unknown']);
  });
});
