import { koffi, nativeFs } from './native';
import type { FileExtent } from './random-access-file';

type Lseek = (fd: number, offset: number, whence: number) => number;

/** SEEK_DATA and SEEK_HOLE carry other numbers on macOS than on Linux. */
const WHENCE: Readonly<
  Record<string, { readonly library: string; readonly data: number; readonly hole: number }>
> = {
  linux: { library: 'libc.so.6', data: 3, hole: 4 },
  darwin: { library: 'libSystem.B.dylib', data: 4, hole: 3 },
};

let lseek: Lseek | null | undefined;

function loadLseek(): Lseek | null {
  const system = WHENCE[process.platform];
  const ffi = system ? koffi() : null;
  if (!system || !ffi) return null;
  try {
    return ffi.load(system.library).func('int64_t lseek(int fd, int64_t offset, int whence)');
  } catch {
    return null;
  }
}

/**
 * Data and holes of `[start, end)`, both inside the file. Where the system cannot tell, all of it is data.
 * Moves the descriptor's own position, which nothing here uses.
 */
export function findExtents(fd: number, start: number, end: number): FileExtent[] {
  const system = WHENCE[process.platform];
  lseek ??= loadLseek();
  if (!lseek || !system) return [{ offset: start, length: end - start, kind: 'data' }];
  const extents: FileExtent[] = [];
  let position = start;
  while (position < end) {
    const data = lseek(fd, position, system.data);
    // -1: no data up to the file's end (ENXIO), or a file system that does not know (then the first call fails with EINVAL)
    if (data < 0 && extents.length === 0 && !knowsHoles(fd))
      return [{ offset: start, length: end - start, kind: 'data' }];
    const dataStart = data < 0 ? end : Math.min(data, end);
    if (dataStart > position) extents.push({ offset: position, length: dataStart - position, kind: 'hole' });
    if (dataStart >= end) break;
    const hole = lseek(fd, dataStart, system.hole);
    const dataEnd = hole < 0 ? end : Math.min(hole, end);
    extents.push({ offset: dataStart, length: dataEnd - dataStart, kind: 'data' });
    position = dataEnd;
  }
  return extents;
}

/** Every file has a virtual hole at its end; a file system that finds none does not support the question. */
function knowsHoles(fd: number): boolean {
  const system = WHENCE[process.platform];
  return Boolean(lseek && system && lseek(fd, 0, system.hole) >= 0);
}

/** Frees `[offset, offset + length)` inside the file. False where that cannot be had; the caller then writes zeros. */
export function punchHole(fd: number, offset: number, length: number): boolean {
  // COMPAT(Windows): punching needs the sparse attribute, which Windows' own VHD attach refuses; write zeros there.
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
