import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError, asAppError, toWireError } from '../../../src-shared/errors';
import {
  checkImage,
  openImageFile,
  probeFormat,
  systemError,
  targetOfPartial,
  type CheckOptions,
  type ReportedImage,
} from '../../engine';

/** One image of several: its report, or why there is none. */
export type CheckedImage = ReportedImage;

/** Names that a VHD usually has; the further pieces of a split set begin at `.v01`. */
const VHD_NAME = /\.(vhd|avhd|vud)$/i;

/**
 * The images of a folder, sorted by name: files with a VHD's extension, and any other that is one by content.
 * Folders inside it are left alone. @throws AppError of kind `system`.
 */
export async function imagesInFolder(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw systemError(error, { path: folder, operation: 'list' });
  });
  const images: string[] = [];
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
    const file = path.join(folder, entry.name);
    if (!entry.isFile() && !entry.isSymbolicLink()) continue;
    if (targetOfPartial(entry.name) !== null) continue;
    if (VHD_NAME.test(entry.name) || (await isVhd(file))) images.push(file);
  }
  return images;
}

async function isVhd(file: string): Promise<boolean> {
  const opened = await openImageFile(file).catch(() => null);
  if (opened === null) return false;
  try {
    return (await probeFormat(opened)) === 'vhd';
  } catch {
    return false;
  } finally {
    await opened.close();
  }
}

/** Checks one after another; an image that cannot be checked does not stop the others. @throws AppError `cancelled`. */
export async function checkMany(files: readonly string[], options: CheckOptions): Promise<CheckedImage[]> {
  const checked: CheckedImage[] = [];
  for (const file of files) {
    try {
      checked.push(await checkImage(file, options));
    } catch (error) {
      const failure = error instanceof AppError ? error : asAppError(error);
      if (failure.kind === 'cancelled' || failure.kind === 'usage') throw failure;
      checked.push({ path: file, error: toWireError(failure) });
    }
  }
  return checked;
}
