import fs from 'node:fs';

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

interface FileSystemLimits {
  readonly name: string;
  readonly maxFileBytes: number | null;
  readonly sparseFiles: boolean;
}

/** `f_type` of Linux' statfs(2), for the file systems whose limits matter here. */
const LINUX_FILE_SYSTEMS: Readonly<Record<number, FileSystemLimits>> = {
  0x4d44: { name: 'FAT32', maxFileBytes: 2 ** 32 - 1, sparseFiles: false },
  0x2011bab0: { name: 'exFAT', maxFileBytes: null, sparseFiles: false },
  0xef53: { name: 'ext4', maxFileBytes: 2 ** 44 - 4096, sparseFiles: true },
  0x58465342: { name: 'XFS', maxFileBytes: null, sparseFiles: true },
  0x9123683e: { name: 'Btrfs', maxFileBytes: null, sparseFiles: true },
  0x01021994: { name: 'tmpfs', maxFileBytes: null, sparseFiles: true },
};

const UNKNOWN: VolumeFacts = { freeBytes: null, maxFileBytes: null, sparseFiles: null, name: null };

type Statfs = (path: string, done: (error: Error | null, stats?: fs.StatsFs) => void) => void;

/** Free space and limits of the file system `folder` lies on. Never throws: what cannot be found out is null. */
export function volumeFacts(folder: string): Promise<VolumeFacts> {
  // Absent before Node 18.15 (Electron 22 has 16): then nothing is known, and a full disk is met while writing.
  const statfs = (fs as { statfs?: Statfs }).statfs;
  if (!statfs) return Promise.resolve(UNKNOWN);
  return new Promise((resolve) => {
    statfs(folder, (error, stats) => {
      if (error || !stats) {
        resolve(UNKNOWN);
        return;
      }
      const limits = process.platform === 'linux' ? LINUX_FILE_SYSTEMS[stats.type] : undefined;
      resolve({
        freeBytes: stats.bavail * stats.bsize,
        maxFileBytes: limits?.maxFileBytes ?? null,
        sparseFiles: limits?.sparseFiles ?? null,
        name: limits?.name ?? null,
      });
    });
  });
}
