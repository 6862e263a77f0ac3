import fs from 'node:fs';
import { windowsCalls, type WindowsCalls } from './windows-calls';

/** How Windows keeps a file, as far as it is more than bytes on a disk. */
export interface HostAttributes {
  /** NTFS or ReFS keeps no clusters for parts of it. */
  readonly sparse: boolean;
  /** NTFS compresses it. */
  readonly compressed: boolean;
  /** NTFS encrypts it (EFS). */
  readonly encrypted: boolean;
  /** ReFS keeps checksums of its content. */
  readonly integrity: boolean;
}

// FILE_ATTRIBUTE_… of winnt.h
const SPARSE_FILE = 0x200;
const COMPRESSED = 0x800;
const ENCRYPTED = 0x4000;
const INTEGRITY_STREAM = 0x8000;

/**
 * The attributes of the file that `path` leads to; null on other systems, which know none of them, and where Windows
 * does not say. Never throws.
 */
export async function hostAttributes(
  path: string,
  calls: Pick<WindowsCalls, 'attributesOf'> | null = windowsCalls(),
): Promise<HostAttributes | null> {
  if (!calls) return null;
  try {
    const bits = calls.attributesOf(await fs.promises.realpath(path));
    return bits === null
      ? null
      : {
          sparse: (bits & SPARSE_FILE) !== 0,
          compressed: (bits & COMPRESSED) !== 0,
          encrypted: (bits & ENCRYPTED) !== 0,
          integrity: (bits & INTEGRITY_STREAM) !== 0,
        };
  } catch {
    return null;
  }
}
