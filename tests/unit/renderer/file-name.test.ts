import { describe, expect, it } from 'vitest';
import { fileNameProblem } from '../../../src-renderer/components/files/file-name';

describe('the name of a new file', () => {
  it.each(['disk.vhd', ' disk.vhd ', '...', '.hidden', 'a'.repeat(255), 'ä'.repeat(127)])(
    'may be %j',
    (name) => {
      expect(fileNameProblem(name)).toBeNull();
    },
  );

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['a/b.vhd', 'separator'],
    ['..\\b.vhd', 'separator'],
    ['a\0b.vhd', 'nul'],
    ['.', 'dots'],
    [' .. ', 'dots'],
    ['a'.repeat(256), 'long'],
    ['ä'.repeat(128), 'long'],
  ])('cannot be %j: %s', (name, problem) => {
    expect(fileNameProblem(name)).toBe(problem);
  });
});
