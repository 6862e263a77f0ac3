import fs from 'node:fs/promises';
import path from 'node:path';
import { locateFooters } from '../disk';
import { NodeFile, type RandomAccessFile } from '../io';
import { SplitFile, splitIsReadOnly } from '../io/split-file';

/** Virtual PC 2004 and earlier split at 4 GB into at most 64 pieces (spec, "Splitting hard disk images"). */
const PARTS_MAX = 64;

/** The further pieces (`.v01`, `.v02`, …) of a split set whose first is `imagePath`; none for an ordinary image. */
export async function locateSplitSet(imagePath: string): Promise<readonly string[]> {
  const match = /^(.*)\.vhd$/i.exec(imagePath);
  if (!match) return [];
  const stem = match[1] ?? '';
  const parts: string[] = [];
  for (let number = 1; number < PARTS_MAX; number += 1) {
    const found = await firstFile(
      ['v', 'V'].map((letter) => `${stem}.${letter}${String(number).padStart(2, '0')}`),
    );
    if (found === null) break;
    parts.push(found);
  }
  return parts;
}

/**
 * An image's bytes, read only: one file, or a split set as one where the first piece has no footer at its end.
 * @throws AppError of kind `system`.
 */
export async function openImageFile(imagePath: string): Promise<RandomAccessFile> {
  const first = await NodeFile.open(imagePath, 'read');
  const opened: NodeFile[] = [first];
  try {
    const parts = await partsBehind(first, imagePath);
    if (parts.length === 0) return first;
    for (const part of parts) opened.push(await NodeFile.open(part, 'read'));
    return await SplitFile.over(opened);
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
}

/** Writing one piece of a set as if it were the whole would destroy it. @throws AppError `unsupported`. */
export async function requireNotSplit(first: NodeFile, imagePath: string): Promise<void> {
  if ((await partsBehind(first, imagePath)).length > 0) throw splitIsReadOnly(imagePath);
}

/** The same of an image that is open for reading. @throws AppError `unsupported`. */
export function requireOneFile(file: RandomAccessFile): void {
  if (file instanceof SplitFile) throw splitIsReadOnly(file.path);
}

/** The further pieces of a set; none where the first one has its own footer at its end. */
async function partsBehind(first: NodeFile, imagePath: string): Promise<readonly string[]> {
  const parts = await locateSplitSet(imagePath);
  if (parts.length === 0) return parts;
  const { footer } = await locateFooters(first, await first.size());
  return footer?.position === 'end' ? [] : parts;
}

/** A link is no piece: it could bring in bytes from anywhere (DESIGN rule 2). */
async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const candidate of paths) {
    const stats = await fs.lstat(candidate).catch(() => null);
    if (stats?.isFile()) return candidate;
  }
  return null;
}

/** The path of an image with links followed; of one that is not there yet, in its folder with links followed. */
export async function realImagePath(imagePath: string): Promise<string> {
  const absolute = path.resolve(imagePath);
  const real = await fs.realpath(absolute).catch(() => null);
  if (real !== null) return real;
  const folder = path.dirname(absolute);
  return path.join(await fs.realpath(folder).catch(() => folder), path.basename(absolute));
}

/** The folder that an image really lies in, or will: where its relative locators start. */
export async function folderOf(imagePath: string): Promise<string> {
  return path.dirname(await realImagePath(imagePath));
}
