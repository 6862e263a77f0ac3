import { AppError } from '../../../src-shared/errors';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { Damage, openImage, openRaw, readMetadata, type VhdMetadata, type VirtualDisk } from '../disk';
import {
  identityOfPath,
  isSameFile,
  NodeFile,
  pathsOfFile,
  type FileIdentity,
  type RandomAccessFile,
} from '../io';
import { parentDoubt } from './edge-evidence';
import { openImageFile } from './image-file';
import { readLocators } from './locators';
import { requireVhd } from './require-vhd';
import { requireWholeSet } from './split-set';
import { resolveParent, type ParentResolution, type ParentSearchOptions } from './resolve-parent';

/** Longest chain that is followed, the image itself included. */
export const CHAIN_DEPTH_MAX = 64;

export interface OpenDiskOptions extends ParentSearchOptions {
  /** What the file is. By default its content decides, and a file that is no VHD is refused, never taken for raw. */
  readonly format?: 'vhd' | 'raw' | undefined;
  /** Read what cannot be trusted as zeros, and note it in `damage`, instead of refusing. */
  readonly allowDamaged?: boolean | undefined;
}

interface Piece {
  readonly path: string;
  readonly identity: FileIdentity;
}

/** One image of an open chain. */
export interface ChainMember {
  readonly path: string;
  readonly file: RandomAccessFile;
  readonly identity: FileIdentity | null;
  /** The further files of a split set, as they were when it was opened. */
  readonly pieces?: readonly Piece[];
  /** Null for a raw disk. */
  readonly metadata: VhdMetadata | null;
  readonly disk: VirtualDisk;
  readonly damage: Damage;
  /** How this member was found from its child: a locator's code, `name`, `unique id`, `named`; null for the first. */
  readonly foundBy: string | null;
  /** Why this member may hold other content than its child was made over; see `parentDoubt`. */
  readonly doubt?: string | null | undefined;
}

export interface OpenedDisk {
  readonly path: string;
  /** Guest content of the image with its whole chain. */
  readonly disk: VirtualDisk;
  readonly file: RandomAccessFile;
  readonly metadata: VhdMetadata | null;
  /** From the file that was named to its base. */
  readonly chain: readonly ChainMember[];
  close(): Promise<void>;
}

/**
 * Opens an image for reading, a differencing one with its proven parents.
 * @throws AppError `not-a-vhd`, `no-metadata`, `split-incomplete`, `too-damaged`, `unsupported`; `parent-missing`, `parent-mismatch`,
 *   `parent-ambiguous`, `parent-raw-unnamed`, `chain-loop`, `chain-too-deep`; and of kind `system`.
 */
export async function openDisk(path: string, options: OpenDiskOptions = {}): Promise<OpenedDisk> {
  if (options.format === 'raw') return openRawDisk(path, null);
  return openVhd(path, await openImageFile(path), options, []);
}

/**
 * The same over a file that is already open (an overlay, a test's file); `path` is where its parents are looked for.
 * Takes the file over.
 */
export async function openDiskFromFile(
  file: RandomAccessFile,
  options: OpenDiskOptions & { readonly path?: string | undefined } = {},
): Promise<OpenedDisk> {
  const path = options.path ?? file.path;
  if (options.format !== 'raw') return openVhd(path, file, options, []);
  const disk = await openRaw(file);
  return asOpened([{ path, file, identity: null, metadata: null, disk, damage: disk.damage, foundBy: null }]);
}

/** An image on its way to be opened, with what was opened on the way to it. */
type Descendants = readonly { readonly path: string; readonly identity: FileIdentity | null }[];

async function openVhd(
  path: string,
  file: RandomAccessFile,
  options: OpenDiskOptions,
  descendants: Descendants,
  found: Pick<ChainMember, 'foundBy' | 'doubt'> = { foundBy: null },
): Promise<OpenedDisk> {
  let parent: OpenedDisk | null = null;
  try {
    await requireVhd(file);
    const metadata = await readMetadata(file);
    if (!options.allowDamaged && metadata.footer?.position !== 'end') await requireWholeSet(path);
    const identity = await identityOfPath(path).catch(() => null);
    const pieces = await piecesOf(file);
    if (metadata.type === 'differencing') {
      parent = await openParent(path, file, metadata, identity, options, descendants);
    }
    const damage = new Damage(path, options.allowDamaged === true);
    const disk = openImage(file, metadata, damage, parent?.disk ?? null);
    const own = { path, file, identity, pieces, metadata, disk, damage, ...found };
    return asOpened([own, ...(parent?.chain ?? [])]);
  } catch (error) {
    await file.close();
    await parent?.close();
    throw error;
  }
}

async function piecesOf(file: RandomAccessFile): Promise<readonly Piece[]> {
  const further = pathsOfFile(file).slice(1);
  return Promise.all(further.map(async (path) => ({ path, identity: await identityOfPath(path) })));
}

/** The chain above a differencing image, proven. */
export async function openParent(
  path: string,
  file: RandomAccessFile,
  metadata: VhdMetadata,
  identity: FileIdentity | null,
  options: OpenDiskOptions,
  descendants: Descendants = [],
): Promise<OpenedDisk> {
  const line = [...descendants, { path, identity }];
  if (line.length >= CHAIN_DEPTH_MAX) {
    throw new AppError(
      'chain-too-deep',
      `The chain of "${line[0]?.path ?? path}" is longer than ${CHAIN_DEPTH_MAX} images.`,
      { context: { path } },
    );
  }
  const locators = await readLocators(file, metadata);
  const child = { path, identity: identity ?? NO_IDENTITY, metadata, locators };
  const resolution = await resolveParent(child, options);
  if (resolution.identity === 'raw' && resolution.rawPath !== null)
    return openRawDisk(resolution.rawPath, 'named');
  if (resolution.identity !== 'proven') throw parentError(path, metadata, resolution);
  const { parent, foundBy } = resolution;
  if (line.some((one) => one.identity !== null && isSameFile(one.identity, parent.identity))) {
    throw new AppError('chain-loop', `The parent chain of "${path}" comes back to "${parent.path}".`, {
      context: { path },
      data: { parentPath: parent.path },
    });
  }
  return openVhd(parent.path, await openImageFile(parent.path), options, line, {
    foundBy,
    doubt: parentDoubt(child, parent, foundBy),
  });
}

/** Equal to no file: for an image that has no path yet, so that it cannot be found as its own parent. */
export const NO_IDENTITY: FileIdentity = {
  device: '',
  inode: '',
  sizeBytes: 0,
  modifiedNs: '',
  changedNs: '',
};

/** Why a chain stops at `path`. */
export function parentError(
  path: string,
  metadata: VhdMetadata,
  resolution: Exclude<ParentResolution, { identity: 'proven' }>,
): AppError {
  const parentId = metadata.header?.fields.parentUniqueId ?? NULL_UUID;
  const parentName = metadata.header?.fields.parentUnicodeName ?? '';
  const context = { path };
  const data = { parentId, parentName };
  switch (resolution.identity) {
    case 'raw':
      return new AppError(
        'parent-raw-unnamed',
        `"${path}" says that its parent is a raw disk, which carries no identity.`,
        { context, data },
      );
    case 'mismatch': {
      const foundId = resolution.parent.metadata.active?.fields.uniqueId ?? null;
      return new AppError(
        'parent-mismatch',
        `"${path}" needs the parent with the unique id ${parentId}; "${resolution.parent.path}" has ${foundId ?? 'none'}.`,
        { context, data: { ...data, foundPath: resolution.parent.path, foundId } },
      );
    }
    case 'ambiguous':
      return new AppError(
        'parent-ambiguous',
        `"${path}" needs the parent with the unique id ${parentId}, and ${resolution.paths.length} images have it: ${resolution.paths.join(', ')}.`,
        { context, data: { ...data, paths: resolution.paths } },
      );
    case 'missing':
      if (resolution.isSelf)
        return new AppError('chain-loop', `"${path}" names itself as its parent.`, { context, data });
      return new AppError(
        'parent-missing',
        `"${path}" needs its parent${parentName === '' ? '' : ` "${parentName}"`} with the unique id ${parentId}, which was not found.`,
        { context, data: { ...data, tried: resolution.tried.slice(0, 20) } },
      );
  }
}

async function openRawDisk(path: string, foundBy: string | null): Promise<OpenedDisk> {
  const file = await NodeFile.open(path, 'read');
  try {
    const disk = await openRaw(file);
    const identity = await identityOfPath(path);
    return asOpened([{ path, file, identity, metadata: null, disk, damage: disk.damage, foundBy }]);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function asOpened(chain: readonly [ChainMember, ...ChainMember[]]): OpenedDisk {
  const [{ path, disk, file, metadata }] = chain;
  return { path, disk, file, metadata, chain, close: () => disk.close() };
}
