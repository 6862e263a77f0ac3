import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { locateFooters } from '../disk';
import { NodeFile, type RandomAccessFile } from '../io';
import { SplitFile, splitIsReadOnly } from '../io/split-file';

/** Virtual PC 2004 and earlier split at 4 GB into at most 64 pieces (spec, "Splitting Hard Disk Images"). */
const PIECES_MAX = 64;
const FIRST_PIECE = /\.vhd$/i;
const FURTHER_PIECE = /\.v(\d\d)$/i;

/** Paths of the further pieces (`.v01`, `.v02`, …) up to the first that is missing; none beside an ordinary image. */
export async function locatePieces(imagePath: string): Promise<readonly string[]> {
  const pieces: string[] = [];
  if (!FIRST_PIECE.test(imagePath)) return pieces;
  for (let number = 1; number < PIECES_MAX; number += 1) {
    const piece = await firstFile(['v', 'V'].map((letter) => pieceOf(imagePath, number, letter)));
    if (piece === null) break;
    pieces.push(piece);
  }
  return pieces;
}

/** Path of the first piece that is missing where a later one lies beside the image; else null. */
export async function missingPieceOf(imagePath: string): Promise<string | null> {
  if (!FIRST_PIECE.test(imagePath)) return null;
  const stem = path.basename(imagePath).slice(0, -3);
  const names = await fs.readdir(path.dirname(imagePath)).catch(() => []);
  const numbers = names
    .filter((name) => name.slice(0, -3) === stem)
    .map((name) => Number(FURTHER_PIECE.exec(name)?.[1] ?? 0));
  const behind = (await locatePieces(imagePath)).length;
  return numbers.some((number) => number > behind && number < PIECES_MAX)
    ? pieceOf(imagePath, behind + 1)
    : null;
}

/** The pieces to be read behind the first one; none where that one has its own footer at its end. */
export async function piecesBehind(first: NodeFile): Promise<readonly string[]> {
  const pieces = await locatePieces(first.path);
  return pieces.length === 0 || (await endsItself(first)) ? [] : pieces;
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
export async function firstPieceOf(imagePath: string): Promise<string | null> {
  if (!FURTHER_PIECE.test(imagePath)) return null;
  const candidate = await firstFile(
    ['vhd', 'VHD'].map((extension) => `${imagePath.slice(0, -3)}${extension}`),
  );
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
  const name = path.basename(first);
  throw new AppError(
    'not-a-vhd',
    `"${path.basename(imagePath)}" is named as a further piece of the split set that begins with "${name}".`,
    {
      context: { path: imagePath },
      hint: `Give "${name}". If it is an image of its own, give it a name that ends in .vhd.`,
    },
  );
}

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
      : `the piece "${path.basename(missing)}" is missing.`;
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
