import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { VhdMetadata } from '../disk';
import { describeFormat, probeFormat, type ImageFormat } from '../disk/probe';
import {
  openDisk,
  openDiskFromFile,
  openImageFile,
  requireWholeSet,
  type OpenDiskOptions,
  type OpenedDisk,
} from '../chain';
import { identityOfPath, isSameState } from '../io';
import { openBeforeState } from '../repair/before-state';
import type { HistoryOptions } from '../repair/journal-store';

/** A disk to read, as plain data that may cross to another thread. */
export interface DiskSource {
  readonly path: string;
  /** What the file is; by default its content decides, and what no disk format claims, its name included, is raw. */
  readonly format?: 'vhd' | 'raw' | undefined;
  /** Images that may be parents, asked before the locators. */
  readonly parents?: readonly string[] | undefined;
  /** The raw disk at the bottom of a chain that says it has one. */
  readonly rawParent?: string | undefined;
  /** Parents are looked for inside these folders only; anywhere unless given. */
  readonly roots?: readonly string[] | undefined;
  /** Read what cannot be trusted as zeros. */
  readonly allowDamaged?: boolean | undefined;
  /** The state before this change on record instead of the file as it is. */
  readonly before?: (HistoryOptions & { readonly journalPath: string }) | undefined;
}

const RAW_FORMATS: readonly ImageFormat[] = ['raw', 'unknown', 'iso9660', 'empty'];
const VHD_NAME = /\.(vhd|avhd|vud)$/i;

/**
 * Opens a disk to read, its chain included.
 * @throws AppError `not-a-vhd` for a disk format of another program; those of openDisk.
 */
export async function openSource(source: DiskSource): Promise<OpenedDisk> {
  const { path: file, parents, rawParent, allowDamaged, before } = source;
  const options: OpenDiskOptions = {
    format: source.format,
    parents,
    rawParent,
    allowDamaged,
    mayOpen: insideRoots(source.roots),
  };
  if (before) {
    const state = await openBeforeState({ imagePath: file, ...before });
    return openDiskFromFile(state, { ...options, path: file });
  }
  return openDisk(file, { ...options, format: source.format ?? (await guessFormat(file)) });
}

/**
 * The files of an open disk are still what they were when it was opened.
 * @throws AppError `file-changed`: somebody wrote while we read, so that what was read belongs to no single moment.
 */
export async function requireSourceUnchanged(opened: OpenedDisk): Promise<void> {
  const files = opened.chain.flatMap((member) => [member, ...(member.pieces ?? [])]);
  for (const { path: file, identity } of files) {
    if (identity && isSameState(identity, await identityOfPath(file))) continue;
    if (!identity) continue;
    throw new AppError('file-changed', `"${file}" was changed while it was being read.`, {
      context: { path: file },
      unchanged: 'Nothing was published.',
    });
  }
}

/** @throws AppError `saved-state`: the specification forbids to change such a disk. */
export function requireNoSavedState(metadata: VhdMetadata, file: string): void {
  if ((metadata.active?.fields.savedState ?? 0) === 0) return;
  throw new AppError('saved-state', `"${file}" belongs to a virtual machine in saved state.`, {
    context: { path: file },
    unchanged: 'Nothing was written.',
  });
}

/**
 * A VHD whose metadata is gone looks like a raw disk; taken for one, its tables would pass for content.
 * @throws AppError `no-metadata`.
 */
async function requireNoVhdName(file: string): Promise<void> {
  await requireWholeSet(file);
  if (!VHD_NAME.test(file)) return;
  throw new AppError(
    'no-metadata',
    `"${file}" has the name of a VHD image, but neither a footer nor a dynamic disk header.`,
    {
      context: { path: file },
      hint: 'If it is a raw disk, say so with --from raw (compare: --a-from, --b-from). If it was a VHD, "platter rescue" searches it for what can be saved.',
    },
  );
}

async function guessFormat(file: string): Promise<'vhd' | 'raw'> {
  const handle = await openImageFile(file);
  try {
    const format = await probeFormat(handle);
    if (format === 'vhd') return 'vhd';
    if (RAW_FORMATS.includes(format)) {
      await requireNoVhdName(file);
      return 'raw';
    }
    throw new AppError('not-a-vhd', `"${file}" is ${describeFormat(format)}.`, {
      context: { path: file },
      data: { format },
    });
  } finally {
    await handle.close();
  }
}

/** Whether a path out of an image may be looked at; anything may where there are no roots. */
export function insideRoots(roots: readonly string[]): (path: string) => boolean;
export function insideRoots(roots: readonly string[] | undefined): ((path: string) => boolean) | undefined;
export function insideRoots(roots: readonly string[] | undefined): ((path: string) => boolean) | undefined {
  if (!roots) return undefined;
  return (candidate) =>
    roots.some((root) => {
      const relative = path.relative(root, candidate);
      return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
    });
}
