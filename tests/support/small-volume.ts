import { spawnSync } from 'node:child_process';
import { makeTempFolder, removeTempFolder } from './temp';

export interface SmallVolume {
  readonly folder: string;
  readonly unmount: () => void;
}

/** A file system in memory that can be filled up; null, and said so, where this account may mount none. */
export function mountSmallVolume(sizeBytes: number): SmallVolume | null {
  const folder = makeTempFolder('volume');
  const mount =
    process.platform === 'linux'
      ? spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', folder])
      : null;
  if (mount?.status !== 0) {
    console.warn('SKIPPED tests of a full volume: this account may mount no tmpfs here');
    removeTempFolder(folder);
    return null;
  }
  return {
    folder,
    unmount: () => {
      spawnSync('umount', [folder]);
      removeTempFolder(folder);
    },
  };
}
