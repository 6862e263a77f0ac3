import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ErrorCode } from '../../../src-shared/errors';
import type { Preflight, PreflightItem } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { volumeFacts, type VolumeFacts } from '../io/free-space';

/** What an operation is about to write, as far as it can be foretold. */
export interface PreflightRequest {
  readonly target: string;
  /** An existing target may be replaced. */
  readonly replace?: boolean | undefined;
  /** The target exists and is changed where it lies. */
  readonly inPlace?: boolean | undefined;
  /** Bytes that will be written, holes not counted; null where it cannot be foretold. */
  readonly bytesToWrite: number | null;
  readonly predictedFileBytes: number | null;
  /** The output has holes that must not cost space. */
  readonly needsSparseFiles?: boolean | undefined;
  /** Lines the operation adds by what it looked at itself: its source, children that would break. */
  readonly more?: readonly PreflightItem[] | undefined;
}

const NAME_BYTES_MAX = 255;
const PATH_LENGTH_MAX = process.platform === 'win32' ? 32_767 : 4095;

/** Every blocked line has an error of the catalogue that says the same. */
const ERROR_BY_ITEM: Readonly<Record<string, ErrorCode>> = {
  'free-space': 'no-space',
  'file-size-limit': 'target-limit',
  folder: 'read-only-target',
  'path-length': 'path-too-long',
  target: 'target-exists',
  source: 'file-in-use',
  children: 'has-children',
};

/** Looks at everything that can be known before the first byte is written. Writes nothing itself. */
export async function runPreflight(request: PreflightRequest): Promise<Preflight> {
  const folder = path.dirname(path.resolve(request.target));
  const volume = await volumeFacts(folder);
  const items = [
    ...(await folderItems(folder, request.inPlace === true)),
    ...pathItems(request.target),
    ...(request.inPlace ? [] : await targetItems(request.target, request.replace === true)),
    ...spaceItems(request, volume),
    ...(request.more ?? []),
  ];
  return {
    items,
    ok: items.every((item) => item.level !== 'blocked'),
    bytesToWrite: request.bytesToWrite,
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
    });
  }
  return preflight.items.filter((item) => item.level === 'warning').map((item) => item.message);
}

async function folderItems(folder: string, inPlace: boolean): Promise<PreflightItem[]> {
  const stats = await fs.stat(folder).catch(() => null);
  if (!stats?.isDirectory())
    return [{ code: 'folder', level: 'blocked', message: `The folder "${folder}" does not exist.` }];
  try {
    await fs.access(folder, fs.constants.W_OK);
    return [{ code: 'folder', level: 'ok', message: `The folder "${folder}" can be written.` }];
  } catch {
    const message = `Nothing may be written into the folder "${folder}".`;
    return [{ code: 'folder', level: inPlace ? 'warning' : 'blocked', message }];
  }
}

function pathItems(target: string): PreflightItem[] {
  const name = path.basename(target);
  const nameBytes = process.platform === 'win32' ? name.length : Buffer.byteLength(name);
  const pathLength = Buffer.byteLength(path.resolve(target));
  if (nameBytes > NAME_BYTES_MAX || pathLength > PATH_LENGTH_MAX) {
    const message = `The name has ${nameBytes} bytes and the whole path ${pathLength}; ${NAME_BYTES_MAX} and ${PATH_LENGTH_MAX} are the most this system takes.`;
    return [{ code: 'path-length', level: 'blocked', message }];
  }
  if (process.platform === 'win32' && pathLength > 259) {
    const message = 'The path is longer than 259 characters; some Windows programs will not open it.';
    return [{ code: 'path-length', level: 'warning', message }];
  }
  return [{ code: 'path-length', level: 'ok', message: 'The path fits this system.' }];
}

async function targetItems(target: string, replace: boolean): Promise<PreflightItem[]> {
  const stats = await fs.lstat(target).catch(() => null);
  if (!stats) return [{ code: 'target', level: 'ok', message: 'The name is free.' }];
  if (!replace) return [{ code: 'target', level: 'blocked', message: `"${target}" already exists.` }];
  return stats.isFile()
    ? [{ code: 'target', level: 'warning', message: `"${target}" exists and will be replaced.` }]
    : [{ code: 'target', level: 'blocked', message: `"${target}" is not a regular file.` }];
}

function spaceItems(request: PreflightRequest, volume: VolumeFacts): PreflightItem[] {
  const items: PreflightItem[] = [];
  const { predictedFileBytes } = request;
  const noHoles = volume.sparseFiles === false;
  const neededBytes = noHoles ? (predictedFileBytes ?? request.bytesToWrite) : request.bytesToWrite;
  if (neededBytes === null || volume.freeBytes === null) {
    items.push({
      code: 'free-space',
      level: 'ok',
      message: 'The space needed or free is not known beforehand.',
    });
  } else {
    const enough = neededBytes <= volume.freeBytes;
    const message = `${formatSizeBoth(neededBytes)} will be written; ${formatSizeBoth(volume.freeBytes)} are free.`;
    items.push({ code: 'free-space', level: enough ? 'ok' : 'blocked', message });
  }
  if (
    volume.maxFileBytes !== null &&
    predictedFileBytes !== null &&
    predictedFileBytes > volume.maxFileBytes
  ) {
    const message = `The file would have ${formatSizeBoth(predictedFileBytes)}; ${volume.name ?? 'this file system'} holds at most ${formatSizeBoth(volume.maxFileBytes)} in one file.`;
    items.push({ code: 'file-size-limit', level: 'blocked', message });
  }
  if (request.needsSparseFiles && noHoles) {
    const message = `${volume.name ?? 'The file system'} has no sparse files: empty areas are written and take space.`;
    items.push({ code: 'sparse-files', level: 'warning', message });
  }
  return items;
}
