import { describe, expect, it } from 'vitest';
import { besideChild, candidatePaths } from '../../../src-main/engine/chain/candidate-paths';

const posix = (stored: string): string[] => candidatePaths(stored, '/vm/c', 'posix').map((one) => one.path);
const windows = (stored: string): string[] =>
  candidatePaths(stored, 'D:\\vm', 'win32').map((one) => one.path);

describe('a path stored in a locator', () => {
  it('is looked for relative to the child, with either kind of slash', () => {
    expect(posix('.\\parent.vhd')).toEqual(['/vm/c/parent.vhd']);
    expect(posix('..\\base\\parent.vhd')).toEqual(['/vm/base/parent.vhd', '/vm/c/parent.vhd']);
    expect(posix('./parent.vhd')).toEqual(['/vm/c/parent.vhd']);
    expect(windows('..\\parent.vhd')).toEqual(['D:\\parent.vhd', 'D:\\vm\\parent.vhd']);
  });

  it('is taken as it is where it is absolute on this system', () => {
    expect(posix('/other/parent.vhd')).toEqual(['/other/parent.vhd', '/vm/c/parent.vhd']);
    expect(windows('C:\\other\\parent.vhd')).toEqual(['C:\\other\\parent.vhd', 'D:\\vm\\parent.vhd']);
  });

  it('means only its base name beside the child where it belongs to another system', () => {
    expect(posix('C:\\Users\\me\\parent.vhd')).toEqual(['/vm/c/parent.vhd']);
    expect(windows('/home/me/parent.vhd')).toEqual(['D:\\vm\\parent.vhd']);
  });

  it.each([
    ['a share', '\\\\server\\share\\parent.vhd'],
    ['a share with forward slashes', '//server/share/parent.vhd'],
    ['a share with mixed slashes', '\\/server\\share\\parent.vhd'],
    ['a device path', '\\\\.\\PhysicalDrive0\\parent.vhd'],
    ['a long path', '\\\\?\\UNC\\server\\share\\parent.vhd'],
    ['a URL', 'http://evil.example/parent.vhd'],
    ['a file URL with a host', 'file://server/share/parent.vhd'],
    ['a drive without a folder', 'C:folder/parent.vhd'],
    ['a device of Unix', '/dev/fd/parent.vhd'],
    ['a device of Unix by a detour', '/tmp/../dev/shm/parent.vhd'],
    ['an automounted host', '/net/evil.example/parent.vhd'],
  ])('that is %s never leaves the folder of the child', (_what, stored) => {
    expect(posix(stored)).toEqual(['/vm/c/parent.vhd']);
    expect(windows(stored)).toEqual(['D:\\vm\\parent.vhd']);
  });

  it.each(['CON', 'nul.vhd', 'COM1.vhd', 'lpt9', 'parent.vhd:stream', '..', '', 'folder\\', 'a\0b.vhd'])(
    'that ends in %j names no file',
    (stored) => {
      expect(posix(stored)).toEqual([]);
      expect(windows(stored)).toEqual([]);
      expect(besideChild(stored, '/vm/c', 'posix')).toBeNull();
    },
  );

  it('with a device for a folder is cut down to its base name', () => {
    expect(windows('.\\aux\\parent.vhd')).toEqual(['D:\\vm\\parent.vhd']);
    expect(windows('C:\\x:y\\parent.vhd')).toEqual(['D:\\vm\\parent.vhd']);
  });
});
