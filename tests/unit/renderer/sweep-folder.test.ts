import { expect, test } from 'vitest';
import type { SweepRow } from '../../../src-shared/model';
import { folderBelow } from '../../../src-renderer/views/sweep/sweep-rows';

const rowAt = (displayPath: string, name: string): SweepRow =>
  ({ file: { id: 'x', name, displayPath } }) as unknown as SweepRow;

test('the folder of an image is told from the folder looked through, with its slash', () => {
  expect(folderBelow(rowAt('/images/a/b/disk.vhd', 'disk.vhd'), '/images')).toBe('a/b/');
  expect(folderBelow(rowAt('/images/disk.vhd', 'disk.vhd'), '/images')).toBe('');
  expect(folderBelow(rowAt('/disk.vhd', 'disk.vhd'), '/')).toBe('');
  expect(folderBelow(rowAt('C:\\vm\\old\\disk.vhd', 'disk.vhd'), 'C:\\vm')).toBe('old\\');
});

test('an image that is not below it, or a folder without a known path, has none', () => {
  expect(folderBelow(rowAt('/images-2/disk.vhd', 'disk.vhd'), '/images')).toBe('');
  expect(folderBelow(rowAt('/images/a/disk.vhd', 'disk.vhd'), '')).toBe('');
});
