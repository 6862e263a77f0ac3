import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';

/** A new empty folder, its path free of symbolic links. The caller removes it. */
export function makeTempFolder(label = 'test'): string {
  return fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), `platter-${label}-`));
}

export function removeTempFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs `work` in a new folder that is gone afterwards, whatever happens. */
export async function withTempFolder<T>(work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = makeTempFolder();
  try {
    return await work(folder);
  } finally {
    removeTempFolder(folder);
  }
}

/**
 * For a describe block: gives a function that makes folders, each removed after the test (`each`) or after all
 * tests of the block (`all`).
 */
export function useTempFolders(lifetime: 'each' | 'all' = 'each'): (label?: string) => string {
  const made: string[] = [];
  const clean = (): void => {
    for (const folder of made.splice(0)) removeTempFolder(folder);
  };
  if (lifetime === 'each') afterEach(clean);
  else afterAll(clean);
  return (label) => {
    const folder = makeTempFolder(label);
    made.push(folder);
    return folder;
  };
}

/** Gives each test a folder of its own: paths of names in it, and its own path where none is given. */
export function useTestFolder(label: string): (name?: string) => string {
  const newFolder = useTempFolders();
  let folder = '';
  beforeEach(() => {
    folder = newFolder(label);
  });
  return (name = '') => path.join(folder, name);
}

/** Bytes below this are written, runs of zeros of this size become holes. */
const HOLE_BYTES = 64 * 1024;

/** Writes a file with holes where `bytes` has long runs of zeros. */
export function writeSparseFile(file: string, bytes: Uint8Array): void {
  const fd = fs.openSync(file, 'w');
  try {
    const zeros = Buffer.alloc(HOLE_BYTES);
    for (let offset = 0; offset < bytes.length; offset += HOLE_BYTES) {
      const piece = bytes.subarray(offset, offset + HOLE_BYTES);
      if (!zeros.subarray(0, piece.length).equals(piece)) fs.writeSync(fd, piece, 0, piece.length, offset);
    }
    fs.ftruncateSync(fd, bytes.length);
  } finally {
    fs.closeSync(fd);
  }
}
