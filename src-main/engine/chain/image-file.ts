import fs from 'node:fs/promises';
import path from 'node:path';
import { NodeFile, type RandomAccessFile } from '../io';
import { SplitFile } from '../io/split-file';
import { piecesBehind, requireFirstPiece } from './split-set';

/**
 * An image's bytes, read only: one file, or a split set as one where the first piece has no footer at its end.
 * @throws AppError `not-a-vhd` for a further piece of a set, and of kind `system`.
 */
export async function openImageFile(imagePath: string): Promise<RandomAccessFile> {
  await requireFirstPiece(imagePath);
  const first = await NodeFile.open(imagePath, 'read');
  const opened: NodeFile[] = [first];
  try {
    const pieces = await piecesBehind(first);
    if (pieces.length === 0) return first;
    for (const piece of pieces) opened.push(await NodeFile.open(piece, 'read'));
    return await SplitFile.over(opened);
  } catch (error) {
    for (const file of opened) await file.close();
    throw error;
  }
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
