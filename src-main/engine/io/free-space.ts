import fs from 'node:fs';
import { koffi, type Koffi } from './native';
import { windowsCalls } from './windows-calls';

/** What is known of the file system a folder lies on; null where this system does not say. */
export interface VolumeFacts {
  /** Bytes that this user may still write. */
  readonly freeBytes: number | null;
  /** Largest file it can hold, in bytes. */
  readonly maxFileBytes: number | null;
  /** Whether files can have holes. */
  readonly sparseFiles: boolean | null;
  /** A name for people, such as `FAT32`. */
  readonly name: string | null;
}

type FileSystemLimits = Omit<VolumeFacts, 'freeBytes'>;

const FAT: FileSystemLimits = { name: 'FAT32', maxFileBytes: 2 ** 32 - 1, sparseFiles: false };
const EXFAT: FileSystemLimits = { name: 'exFAT', maxFileBytes: null, sparseFiles: false };
const NO_LIMITS: FileSystemLimits = { name: null, maxFileBytes: null, sparseFiles: null };

/** `f_type` of Linux' statfs(2), for the file systems whose limits matter here. */
const LINUX_FILE_SYSTEMS: Readonly<Record<number, FileSystemLimits>> = {
  0x4d44: FAT,
  0x2011bab0: EXFAT,
  0xef53: { name: 'ext4', maxFileBytes: 2 ** 44 - 4096, sparseFiles: true },
  0x58465342: { name: 'XFS', maxFileBytes: null, sparseFiles: true },
  0x9123683e: { name: 'Btrfs', maxFileBytes: null, sparseFiles: true },
  0x01021994: { name: 'tmpfs', maxFileBytes: null, sparseFiles: true },
};

const FILE_SUPPORTS_SPARSE_FILES = 0x40;
/** macOS' name for "bits that a file's size has". */
const PC_FILESIZEBITS = 18;
/** What a signed number needs for sizes up to 4 GiB. */
const FAT_SIZE_BITS = 33;

type Statfs = (path: string, done: (error: Error | null, stats?: fs.StatsFs) => void) => void;

/** Free space and limits of the file system `folder` lies on. Never throws: what cannot be found out is null. */
export async function volumeFacts(folder: string): Promise<VolumeFacts> {
  const stats = await statVolume(folder);
  // COMPAT(Linux: /proc, /sys, some FUSE file systems): where no size is told, no free space means nothing.
  const isUntold = stats?.blocks === 0 && stats.bavail === 0;
  const freeBytes = stats && !isUntold ? stats.bavail * stats.bsize : null;
  return { freeBytes, ...limitsOf(folder, stats) };
}

function statVolume(folder: string): Promise<fs.StatsFs | null> {
  // Absent before Node 18.15 (Electron 22 has 16): then nothing is known, and a full disk is met while writing.
  const statfs = (fs as { statfs?: Statfs }).statfs;
  if (!statfs) return Promise.resolve(null);
  return new Promise((resolve) => {
    statfs(folder, (error, stats) => resolve(error || !stats ? null : stats));
  });
}

function limitsOf(folder: string, stats: fs.StatsFs | null): FileSystemLimits {
  try {
    switch (process.platform) {
      case 'linux':
        return LINUX_FILE_SYSTEMS[stats?.type ?? 0] ?? NO_LIMITS;
      case 'win32':
        return windowsLimits(windowsCalls()?.volumeOf(folder) ?? null);
      case 'darwin':
        return macLimits(koffi(), folder);
      default:
        return NO_LIMITS;
    }
  } catch {
    return NO_LIMITS;
  }
}

/** What Windows says of a volume, as limits. */
export function windowsLimits(
  volume: { readonly fileSystem: string; readonly flags: number } | null,
): FileSystemLimits {
  if (!volume) return NO_LIMITS;
  const name = volume.fileSystem;
  if (/^fat(12|16|32)?$/i.test(name)) return FAT;
  if (/^exfat$/i.test(name)) return EXFAT;
  return { name, maxFileBytes: null, sparseFiles: (volume.flags & FILE_SUPPORTS_SPARSE_FILES) !== 0 };
}

/** macOS gives its file systems no fixed numbers; the one whose limit people meet is known by the size of its sizes. */
export function macLimits(ffi: Koffi | null, folder: string): FileSystemLimits {
  const pathconf = ffi?.load('libSystem.B.dylib').func('long pathconf(const char *path, int name)') as
    ((path: string, name: number) => number) | undefined;
  const bits = pathconf?.(folder, PC_FILESIZEBITS) ?? 0;
  return bits > 0 && bits <= FAT_SIZE_BITS ? FAT : NO_LIMITS;
}
