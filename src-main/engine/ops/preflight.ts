import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../../src-shared/errors';
import type { Preflight, PreflightItem } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { describePieceName, PIECE_NAME_HINT } from '../chain';
import { volumeFacts, type VolumeFacts } from '../io/free-space';
import { identityOfPath, isSameFile } from '../io';
import { describeTargetIsSource } from './open-output';
import { pathItems } from './preflight-path';
import { doubtItems, interruptedItems, sourceItems, type PreflightSource } from './preflight-source';

/** What an operation is about to write, as far as it can be foretold. */
export interface PreflightRequest {
  readonly target: string;
  /** An existing target may be replaced. */
  readonly replace?: boolean | undefined;
  /** The target exists and is changed where it lies. */
  readonly inPlace?: boolean | undefined;
  /** Bytes that will be written, holes not counted; null where it cannot be foretold. */
  readonly bytesToWrite: number | null;
  /** Of them, those that take free space; all where it is not given. */
  readonly spaceBytes?: number | undefined;
  /** Where the undo journal of a change takes that room: what can be done where there is too little. */
  readonly journalAdvice?: { readonly message: string; readonly hint: string } | undefined;
  /** Length of the file afterwards. */
  readonly predictedFileBytes: number | null;
  /** Bytes that are never written and cost nothing where the file can have holes. */
  readonly holeBytes?: number | undefined;
  /** The target is raw: a file with holes is as good to Windows as any other. */
  readonly isRaw?: boolean | undefined;
  /** The files that are read, ancestors included; their locks are tried. */
  readonly reads?: readonly PreflightSource[] | undefined;
  /** Lines the operation adds by what it looked at itself, such as children that would break. */
  readonly more?: readonly PreflightItem[] | undefined;
}

/** Every blocked line has an error of the catalogue that says the same. */
const ERROR_BY_ITEM: Readonly<Record<string, ErrorCode>> = {
  'free-space': 'no-space',
  'file-size-limit': 'target-limit',
  folder: 'read-only-target',
  'folder-missing': 'file-not-found',
  'path-length': 'path-too-long',
  name: 'bad-value',
  target: 'target-exists',
  'target-kind': 'not-a-regular-file',
  'target-is-source': 'target-is-source',
  'piece-name': 'unsupported',
  source: 'file-in-use',
  'source-changed': 'file-changed',
  'source-access': 'permission-denied',
  children: 'has-children',
  'beyond-end': 'data-beyond-end',
  unclaimed: 'unclaimed-data',
  sizes: 'sizes-differ',
  'parent-unsure': 'parent-mismatch',
};

/** Where the error's own hint is about something else. */
const HINT_BY_ITEM: Readonly<Record<string, string>> = {
  'folder-missing': 'Make the folder first, or choose another.',
  'target-kind': 'Choose another name.',
  'piece-name': PIECE_NAME_HINT,
};

/** Looks at everything that can be known before the first byte is written. Writes nothing itself. */
export async function runPreflight(request: PreflightRequest): Promise<Preflight> {
  const folder = path.dirname(path.resolve(request.target));
  const volume = await volumeFacts(folder);
  const space = spaceOf(request, volume);
  const items = [
    ...(await folderItems(folder, request.inPlace === true)),
    ...(request.inPlace ? [] : pathItems(request.target)),
    ...(request.inPlace ? [] : await targetItems(request)),
    ...(await sourceItems(request.reads ?? [], request.inPlace ? request.target : null)),
    ...spaceItems(request, volume, space),
    ...(request.inPlace ? [] : await interruptedItems(request.reads ?? [])),
    ...doubtItems(request.reads ?? []),
    ...(request.more ?? []),
  ];
  return {
    items,
    ok: items.every((item) => item.level !== 'blocked'),
    bytesToWrite: space.writtenBytes,
    predictedFileBytes: request.predictedFileBytes,
    freeBytes: volume.freeBytes,
  };
}

/** The warnings of a pre-flight. @throws AppError for its first blocked line. */
export function requirePassed(preflight: Preflight, target: string): string[] {
  const blocked = preflight.items.find((item) => item.level === 'blocked');
  if (blocked) {
    throw new AppError(ERROR_BY_ITEM[blocked.code] ?? 'io-error', blocked.message, {
      context: { path: target },
      unchanged: 'Nothing was written.',
      hint: blocked.hint ?? HINT_BY_ITEM[blocked.code],
    });
  }
  // What was said beforehand in a review reads as done in the report behind it.
  return preflight.items
    .filter((item) => item.level === 'warning')
    .map((item) =>
      item.code === 'target' ? `The file that had the name "${target}" was replaced.` : item.message,
    );
}

async function folderItems(folder: string, inPlace: boolean): Promise<PreflightItem[]> {
  const stats = await fs.stat(folder).catch(() => null);
  if (!stats) {
    return [{ code: 'folder-missing', level: 'blocked', message: `The folder "${folder}" does not exist.` }];
  }
  if (!stats.isDirectory()) {
    return [{ code: 'folder-missing', level: 'blocked', message: `"${folder}" is not a folder.` }];
  }
  try {
    await fs.access(folder, fs.constants.W_OK);
    return [{ code: 'folder', level: 'ok', message: `The folder "${folder}" can be written.` }];
  } catch {
    const message = `Nothing may be written into the folder "${folder}".`;
    return [{ code: 'folder', level: inPlace ? 'warning' : 'blocked', message }];
  }
}

async function targetItems({ target, replace, reads = [] }: PreflightRequest): Promise<PreflightItem[]> {
  const stats = await fs.lstat(target).catch(() => null);
  if (stats && !stats.isFile()) {
    const message = `"${target}" is ${kindOf(stats)}, which is never replaced.`;
    return [{ code: 'target-kind', level: 'blocked', message }];
  }
  const there = stats && (await identityOfPath(target).catch(() => null));
  const source = reads.find(({ identity }) => there && identity && isSameFile(identity, there));
  if (source) {
    // no choice of the person's makes that possible
    const message = describeTargetIsSource(target, source.path);
    return [{ code: 'target-is-source', level: 'blocked', message }];
  }
  const pieceName = await describePieceName(target);
  if (pieceName !== null) return [{ code: 'piece-name', level: 'blocked', message: pieceName }];
  if (!stats) return [{ code: 'target', level: 'ok', message: 'The name is free.' }];
  return replace
    ? [{ code: 'target', level: 'warning', message: `"${target}" exists and will be replaced.` }]
    : [{ code: 'target', level: 'blocked', message: `"${target}" already exists.` }];
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  return stats.isSymbolicLink() ? 'a symbolic link' : 'a device or pipe';
}

interface Space {
  /** Bytes that are written; null where it cannot be foretold. */
  readonly writtenBytes: number | null;
  /** Free space that the operation takes; null where it cannot be foretold. */
  readonly neededBytes: number | null;
  /** Why empty areas take space here; null where they do not, or there are none. */
  readonly fill: { readonly reason: string; readonly level: 'ok' | 'warning' } | null;
}

function spaceOf(request: PreflightRequest, volume: VolumeFacts): Space {
  const { bytesToWrite, spaceBytes = bytesToWrite, holeBytes = 0, isRaw } = request;
  if (holeBytes === 0) return { writtenBytes: bytesToWrite, neededBytes: spaceBytes, fill: null };
  let fill: Space['fill'] = null;
  if (volume.sparseFiles === false)
    fill = { reason: `${volume.name ?? 'The file system'} has no sparse files`, level: 'warning' };
  // COMPAT(Windows): its own VHD attach refuses sparse files, so that an image is never made one there.
  else if (process.platform === 'win32' && !isRaw)
    fill = { reason: 'Windows attaches no image that has holes', level: 'ok' };
  const filledBytes = fill === null ? 0 : holeBytes;
  const filled = (bytes: number | null): number | null => (bytes === null ? null : bytes + filledBytes);
  return { writtenBytes: filled(bytesToWrite), neededBytes: filled(spaceBytes), fill };
}

function spaceItems(
  { predictedFileBytes, journalAdvice }: PreflightRequest,
  { freeBytes, maxFileBytes, name }: VolumeFacts,
  { neededBytes, fill }: Space,
): PreflightItem[] {
  const items: PreflightItem[] = [];
  if (neededBytes === null || freeBytes === null) {
    const message = 'The space needed or free is not known beforehand.';
    items.push({ code: 'free-space', level: 'ok', message });
  } else {
    const what = journalAdvice
      ? 'may be taken by the undo journal beside the image, and by holes that are filled'
      : 'will be written';
    const message = `${formatSizeBoth(neededBytes)} ${what}; ${formatSizeBoth(freeBytes)} are free.`;
    if (neededBytes <= freeBytes) items.push({ code: 'free-space', level: 'ok', message });
    else
      items.push({
        code: 'free-space',
        level: 'blocked',
        message: journalAdvice ? `${message} ${journalAdvice.message}` : message,
        hint: journalAdvice?.hint,
      });
  }
  if (maxFileBytes !== null && predictedFileBytes !== null && predictedFileBytes > maxFileBytes) {
    const message = `The file would have ${formatSizeBoth(predictedFileBytes)}; ${name ?? 'this file system'} holds at most ${formatSizeBoth(maxFileBytes)} in one file.`;
    items.push({ code: 'file-size-limit', level: 'blocked', message });
  }
  if (fill !== null) {
    const message = `${fill.reason}: empty areas are written and take space.`;
    items.push({ code: 'sparse-files', level: fill.level, message });
  }
  return items;
}
