import { extentsByRanges, extentsBySeeking } from './find-extents';
import { koffi, nativeFs } from './native';
import type { FileExtent } from './random-access-file';
import { windowsCalls } from './windows-calls';

type Lseek = (fd: number, offset: number, whence: number) => number;

/** Linux' numbers. */
const WHENCE = { data: 3, hole: 4 } as const;

let lseek: Lseek | null | undefined;

function loadLseek(): Lseek | null {
  // COMPAT(macOS, APFS): calls data a hole, not only until it is flushed but until the volume is mounted anew
  // (coreutils#68, openwrt#11960, tursodatabase/turso#7841, QEMU's bug 1776920), so that it would be copied as zeros and
  // a comparison that skips holes would not see it. It is not asked.
  const ffi = process.platform === 'linux' ? koffi() : null;
  if (!ffi) return null;
  try {
    const seek = ffi.load('libc.so.6').func('int64_t lseek(int fd, int64_t offset, int whence)') as Lseek;
    return (fd, offset, whence) => {
      const found = seek(fd, offset, whence);
      return found < 0 ? -(ffi.errno() || 1) : found;
    };
  } catch {
    return null;
  }
}

/**
 * Data and holes of `[start, end)`, both inside the file. Where the system cannot tell, all of it is data.
 * Moves the descriptor's own position, which nothing here uses.
 */
export function findExtents(fd: number, start: number, end: number): FileExtent[] {
  return askSystem(fd, start, end) ?? [{ offset: start, length: end - start, kind: 'data' }];
}

function askSystem(fd: number, start: number, end: number): FileExtent[] | null {
  if (process.platform === 'win32') {
    const calls = windowsCalls();
    const query = calls?.queryAllocatedRanges;
    return query ? extentsByRanges((input, answer) => query(fd, input, answer), start, end) : null;
  }
  if (lseek === undefined) lseek = loadLseek();
  const seek = lseek;
  return seek && extentsBySeeking((offset, to) => seek(fd, offset, WHENCE[to]), start, end);
}

/** Frees `[offset, offset + length)` inside the file. False where that cannot be had; the caller then writes zeros. */
export function punchHole(fd: number, offset: number, length: number): boolean {
  // COMPAT(Windows): frees nothing in a file that is not marked sparse, and an image must not be: Windows' own VHD
  // attach refuses it. Zeros are written there, piece by piece.
  if (process.platform === 'win32') return false;
  const native = nativeFs();
  if (!native) return false;
  try {
    native.trimSync(fd, offset, length);
    return true;
  } catch {
    return false;
  }
}

/** Lets a fresh file have holes on Windows; other systems need no word. Without effect where the file system has none. */
export function allowHoles(fd: number): void {
  try {
    nativeFs()?.sparseSync(fd);
  } catch {
    // FAT, exFAT and some shares: zeros take space there
  }
}
