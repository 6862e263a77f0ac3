import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { locateFooters, type LocatedFooter } from '../disk';
import { NodeFile, type RandomAccessFile } from '../io';
import { SplitFile, splitIsReadOnly } from '../io/split-file';

/** Virtual PC 2004 and earlier split at 4 GB into at most 64 pieces (spec, "Splitting Hard Disk Images"). */
const PIECES_MAX = 64;
const FIRST_PIECE = /\.vhd$/i;
const FURTHER_PIECE = /\.v(\d\d)$/i;

/** Paths of the further pieces (`.v01`, `.v02`, …) up to the first that is missing; none beside an ordinary image. */
export async function locatePieces(imagePath: string): Promise<readonly string[]> {
  const pieces: string[] = [];
  const real = await realPath(imagePath);
  if (!FIRST_PIECE.test(real)) return pieces;
  for (let number = 1; number < PIECES_MAX; number += 1) {
    const piece = await firstFile(['v', 'V'].map((letter) => pieceOf(real, number, letter)));
    if (piece === null) break;
    pieces.push(piece);
  }
  return pieces;
}

/** Path of the first piece that is missing where a later one lies beside the image; else null. */
export async function missingPieceOf(imagePath: string): Promise<string | null> {
  const real = await realPath(imagePath);
  if (!FIRST_PIECE.test(real)) return null;
  const stem = path.basename(real).slice(0, -3);
  const names = await fs.readdir(path.dirname(real)).catch(() => []);
  const numbers = names
    .filter((name) => name.slice(0, -3) === stem)
    .map((name) => Number(FURTHER_PIECE.exec(name)?.[1] ?? 0));
  const behind = (await locatePieces(real)).length;
  return numbers.some((number) => number > behind && number < PIECES_MAX) ? pieceOf(real, behind + 1) : null;
}

/** What is the matter with a piece that `missingPieceOf` names, as the end of a sentence about it. */
export async function describeMissing(piece: string): Promise<string> {
  const stats = await fs.lstat(piece).catch(() => null);
  return stats?.isSymbolicLink() ? 'is a link, and pieces are not looked for elsewhere' : 'is missing';
}

/**
 * The pieces to be read behind the first one; none where that one has its own footer at its end. Files that are named
 * on behind a set that is whole do not belong to it.
 */
export async function piecesBehind(first: NodeFile): Promise<readonly string[]> {
  const pieces = await locatePieces(first.path);
  if (pieces.length === 0) return [];
  let endOffset = await first.size();
  const { footer: own, footerCopy } = await locateFooters(first, endOffset);
  if (own?.position === 'end') return [];
  for (const [at, piecePath] of pieces.entries()) {
    const piece = await NodeFile.open(piecePath, 'read');
    try {
      const sizeBytes = await piece.size();
      endOffset += sizeBytes;
      const { footer } = await locateFooters(piece, sizeBytes);
      if (isEndOfSet(footer, footerCopy, endOffset)) return pieces.slice(0, at + 1);
    } finally {
      await piece.close();
    }
  }
  return pieces;
}

/** Whether a footer found in a piece ends the set: a guest's file can hold the footer of another disk, at any place. */
function isEndOfSet(footer: LocatedFooter | null, copy: LocatedFooter | null, endOffset: number): boolean {
  if (footer?.position !== 'end' || !footer.checksum.valid) return false;
  return footer.type === 'fixed'
    ? footer.fields.currentSizeBytes === endOffset - footer.bytes.length
    : copy !== null && footer.fields.uniqueId === copy.fields.uniqueId;
}

/**
 * Writing one piece of a set as if it were the whole would destroy it.
 * @throws AppError `unsupported`; `not-a-vhd` for a further piece.
 */
export async function requireNotSplit(file: NodeFile): Promise<void> {
  await requireFirstPiece(file.path);
  if ((await locatePieces(file.path)).length === 0 && (await missingPieceOf(file.path)) === null) return;
  if (!(await endsItself(file))) throw splitIsReadOnly(file.path);
}

/** The same of an image that is open for reading. @throws AppError `unsupported`. */
export function requireOneFile(file: RandomAccessFile): void {
  if (file instanceof SplitFile) throw splitIsReadOnly(file.path);
}

/** The first piece of the set that a file is a further piece of; null where it is none. */
async function firstPieceOf(imagePath: string): Promise<string | null> {
  const real = await realPath(imagePath);
  if (!FURTHER_PIECE.test(real)) return null;
  const candidate = await firstFile(['vhd', 'VHD'].map((extension) => `${real.slice(0, -3)}${extension}`));
  const first = candidate === null ? null : await NodeFile.open(candidate, 'read').catch(() => null);
  if (first === null) return null;
  try {
    return (await endsItself(first)) ? null : candidate;
  } finally {
    await first.close();
  }
}

/** @throws AppError `not-a-vhd` for a further piece, naming the first. */
export async function requireFirstPiece(imagePath: string): Promise<void> {
  const first = await firstPieceOf(imagePath);
  if (first === null) return;
  throw new AppError('not-a-vhd', describeNamedAsPiece(imagePath, first), {
    context: { path: imagePath },
    hint: `Give "${path.basename(first)}". If it is an image of its own, give it a name that ends in .vhd.`,
  });
}

export const PIECE_NAME_HINT = 'Choose a name that ends in .vhd, or another folder.';

/** What is wrong with a name for a new file that would make it a piece of a set beside it; null where nothing is. */
export async function describePieceName(target: string): Promise<string | null> {
  const first = await firstPieceOf(target);
  return first === null ? null : describeNamedAsPiece(target, first);
}

/** @throws AppError `unsupported` where a new file of that name would be taken for a piece of a set beside it. */
export async function requireNoPieceName(target: string): Promise<void> {
  const message = await describePieceName(target);
  if (message === null) return;
  throw new AppError('unsupported', message, {
    context: { path: target },
    unchanged: 'Nothing was written.',
    hint: PIECE_NAME_HINT,
  });
}

const describeNamedAsPiece = (imagePath: string, first: string): string =>
  `"${path.basename(imagePath)}" is the name of a further piece of the split set that begins with "${path.basename(first)}".`;

/**
 * Of an image that does not end with a footer.
 * @throws AppError `split-incomplete` where pieces behind it are there but not all of them.
 */
export async function requireWholeSet(imagePath: string): Promise<void> {
  const missing = await missingPieceOf(imagePath);
  const last = (await locatePieces(imagePath)).at(-1);
  if (missing === null && last === undefined) return;
  const problem =
    missing === null
      ? `there is no footer at the end of "${path.basename(last ?? '')}", the last piece that is there.`
      : `the piece "${path.basename(missing)}" ${await describeMissing(missing)}.`;
  throw new AppError(
    'split-incomplete',
    `"${path.basename(imagePath)}" is the first piece of a split set, and ${problem}`,
    { context: { path: imagePath } },
  );
}

async function endsItself(file: NodeFile): Promise<boolean> {
  const { footer } = await locateFooters(file, await file.size());
  return footer?.position === 'end';
}

/** Pieces lie beside the file itself, not beside a link to it. */
const realPath = (file: string): Promise<string> => fs.realpath(file).catch(() => path.resolve(file));

const pieceOf = (imagePath: string, number: number, letter = 'v'): string =>
  `${imagePath.slice(0, -3)}${letter}${String(number).padStart(2, '0')}`;

/** A link is no piece: it could bring in bytes from anywhere (DESIGN rule 2). */
async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const candidate of paths) {
    const stats = await fs.lstat(candidate).catch(() => null);
    if (stats?.isFile()) return candidate;
  }
  return null;
}
