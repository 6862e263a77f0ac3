import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { OperationResult } from '../../../src-shared/model/results';
import { roundUpToSector } from '../../../src-shared/vhd/layout';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import {
  folderOf,
  imagesInFolder,
  isAllowed,
  linkTo,
  peekImage,
  placeLink,
  proveChain,
  readLocators,
  realImagePath,
  requireNoChildren,
  resolveParent,
  type ParentSearchOptions,
  type PeekedImage,
  type PlacedLink,
} from '../chain';
import { forgottenByRelink } from '../chain/edge-evidence';
import { requireNotSplit } from '../chain/split-set';
import {
  readMetadata,
  requireSoundMetadata,
  type LocatedFooter,
  type LocatedHeader,
  type OperationContext,
} from '../disk';
import { freeEntries, sealDynamicHeader, writeParentFields } from '../format';
import {
  isSameFile,
  openForWriting,
  readExact,
  readUpTo,
  type FileIdentity,
  type NodeFile,
  type RandomAccessFile,
} from '../io';
import { JournaledFile, requireNoPendingJournal, type HistoryOptions } from '../repair';
import { insideRoots } from './disk-source';
import { locatorRoom } from './locator-room';
import { throwIfCancelled } from './operation';
import { parentNameItems } from './preflight-path';

export interface RelinkInput {
  readonly child: string;
  /** The parent to be; else it is looked for by the child's parent id in `searchFolder` and below. */
  readonly parent?: string | undefined;
  readonly searchFolder?: string | undefined;
  /** Take the parent although its unique id is another one: the child then names the new id. */
  readonly acceptMismatch?: boolean | undefined;
  /** With a mismatch: children of the child are accepted to see other content. */
  readonly breakChildren?: boolean | undefined;
  /** Files are looked at inside these folders only; anywhere unless given. */
  readonly roots?: readonly string[] | undefined;
  /** The child's state that was looked at. */
  readonly seen?: FileIdentity | undefined;
  readonly allowUnlocked?: boolean | undefined;
  readonly history?: HistoryOptions | undefined;
}

/**
 * Rewrites what a child says of its parent: name, unique id, timestamp and both locators. The old locators' room is
 * used where the new ones fit; otherwise they go where the footer was and the footer behind them. One change in an
 * undo journal: an interrupted one is rolled back.
 * @throws AppError `type-mismatch`, `parent-missing`, `parent-ambiguous`, `parent-mismatch`, `chain-loop`,
 *   `too-damaged`, `has-children`, `file-changed`, and of kind `system`.
 */
export async function relinkImage(
  input: RelinkInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  await requireNoPendingJournal(input.child, mayOpenOf(input));
  const child = await peekImage(await realImagePath(input.child));
  const { header, active } = child.metadata;
  if (child.metadata.type !== 'differencing' || !header || !active) {
    throw new AppError(
      'type-mismatch',
      `"${input.child}" is not a differencing image, so it has no parent.`,
      {
        context: { path: input.child },
        unchanged: 'Nothing was written.',
      },
    );
  }
  const parent = await chooseParent(input, child, header.fields.parentUniqueId, context);
  const isMatch = parent.metadata.active?.fields.uniqueId === header.fields.parentUniqueId;
  if (!isMatch) await requireNoChildren(child.path, active.fields.uniqueId, input);
  await requireNoLoop(parent, child, input);
  requireWholeDisk(parent);
  const file = await openForWriting(child.path, {
    seen: input.seen ?? child.identity,
    allowUnlocked: input.allowUnlocked,
  });
  try {
    await requireNotSplit(file);
    return await rewriteLink(file, input, child, parent);
  } finally {
    await file.close();
  }
}

async function chooseParent(
  input: RelinkInput,
  child: PeekedImage,
  wantedId: string,
  context: OperationContext,
): Promise<PeekedImage> {
  if (input.parent !== undefined) {
    const parent = await peekImage(await realImagePath(input.parent));
    if (isSameFile(parent.identity, child.identity)) {
      throw new AppError('chain-loop', `"${input.parent}" is the child itself.`, {
        context: { path: input.parent },
        unchanged: 'Nothing was written.',
        hint: 'Name the image that the child was made from.',
      });
    }
    const foundId = parent.metadata.active?.fields.uniqueId;
    if (foundId === undefined || foundId === NULL_UUID) {
      const why = parent.metadata.active ? 'Its unique id is null' : 'It has no VHD footer';
      throw new AppError('parent-mismatch', `"${input.parent}" cannot be named by a child. ${why}.`, {
        context: { path: input.parent },
        unchanged: 'Nothing was written.',
        hint: 'Name the VHD image that the child was made from; a child names its parent by its unique id.',
      });
    }
    if (foundId === wantedId || input.acceptMismatch) return parent;
    throw new AppError(
      'parent-mismatch',
      `"${input.child}" was made from the image with the unique id ${wantedId}; "${input.parent}" has ${foundId}.`,
      {
        context: { path: input.child },
        data: { parentId: wantedId, foundId },
        unchanged: 'Nothing was written.',
      },
    );
  }
  if (input.searchFolder === undefined)
    throw new AppError('usage', 'Name the parent, or a folder to look for it in.');
  return searchParent(input.searchFolder, child, wantedId, input, context);
}

async function searchParent(
  folder: string,
  child: PeekedImage,
  wantedId: string,
  input: RelinkInput,
  context: OperationContext,
): Promise<PeekedImage> {
  const mayOpen = mayOpenOf(input);
  const found: PeekedImage[] = [];
  for (const candidate of await imagesInFolder(folder, true)) {
    throwIfCancelled(context);
    if (!(await isAllowed(candidate, mayOpen))) continue;
    const image = await peekImage(await realImagePath(candidate)).catch(() => null);
    if (image?.metadata.active?.fields.uniqueId !== wantedId || isSameFile(image.identity, child.identity))
      continue;
    if (!found.some((one) => isSameFile(one.identity, image.identity))) found.push(image);
  }
  const [only] = found;
  const data = { parentId: wantedId, paths: found.map((one) => one.path) };
  if (found.length > 1) {
    throw new AppError(
      'parent-ambiguous',
      `${found.length} images in "${folder}" have the unique id ${wantedId}: ${data.paths.join(', ')}.`,
      { context: { path: input.child }, data, unchanged: 'Nothing was written.' },
    );
  }
  if (only && wantedId !== NULL_UUID) return only;
  throw new AppError('parent-missing', `No image in "${folder}" has the unique id ${wantedId}.`, {
    context: { path: input.child },
    data,
    unchanged: 'Nothing was written.',
  });
}

/**
 * The parent has its own chain, proven to its base, and the child is not part of it. Goes by ids alone: two BATs of
 * 33 million entries would take half a gigabyte.
 * @throws AppError `chain-loop`, `chain-too-deep`, and those of a parent that is not to be had.
 */
async function requireNoLoop(parent: PeekedImage, child: PeekedImage, input: RelinkInput): Promise<void> {
  const chain = await proveChain(parent, { mayOpen: mayOpenOf(input) });
  if (!chain.some(({ identity }) => isSameFile(identity, child.identity))) return;
  throw new AppError('chain-loop', `"${child.path}" is itself an ancestor of "${parent.path}".`, {
    context: { path: child.path },
    unchanged: 'Nothing was written.',
  });
}

/** @throws AppError `too-damaged` where the file ends before the disk does, as the last piece of a split set alone. */
function requireWholeDisk({ path: file, metadata }: PeekedImage): void {
  const { active, type } = metadata;
  if (active === null || type !== 'fixed' || (active.fields.currentSizeBytes ?? 0) <= active.offset) return;
  throw new AppError('too-damaged', `"${file}" is shorter than its disk, so it is no parent for anything.`, {
    context: { path: file },
    unchanged: 'Nothing was written.',
    hint: 'Look for the whole file. If it is a piece of a split set, put all pieces into one folder and name the first.',
  });
}

async function rewriteLink(
  file: NodeFile,
  input: RelinkInput,
  child: PeekedImage,
  parent: PeekedImage,
): Promise<OperationResult> {
  const { header } = child.metadata;
  const metadata = await readMetadata(file);
  const footer = requireSoundMetadata(metadata, file.path);
  if (!header) throw new AppError('internal', 'a differencing image has a header');
  const link = linkTo(parent, await folderOf(child.path));
  const oldRoom = await locatorRoom(file, metadata);
  const inPlace = oldRoom === null ? null : placeLink(link, oldRoom.start);
  const fits = inPlace !== null && oldRoom !== null && inPlace.endOffset <= oldRoom.end;
  if (metadata.bat) freeEntries(metadata.bat.entries);
  const done = {
    path: child.path,
    virtualSizeBytes: footer.fields.currentSizeBytes,
    fileSizeBeforeBytes: child.metadata.fileSizeBytes,
    verified: true,
    contentHash: null,
    warnings: warningsOf(child, parent),
  };
  if (fits && (await holdsLink(file, header, inPlace))) {
    const changed = [
      `"${path.basename(child.path)}" names "${parent.path}" as its parent already; nothing was written.`,
    ];
    return { ...done, changed, fileSizeBytes: await file.size(), journal: null, isUnchanged: true };
  }
  const journaled = await JournaledFile.begin(
    file,
    { operation: 'relink', title: `Relink ${path.basename(child.path)} to ${path.basename(parent.path)}` },
    input.history,
  );
  try {
    const placed = fits
      ? inPlace
      : await moveFooterBehind(journaled, footer, placeLink(link, alignedEnd(footer)));
    for (const { offset, data } of placed.pieces) await journaled.writeAt(data, offset);
    await journaled.flush();
    await journaled.writeAt(await relinkedHeader(journaled, header, placed), header.offset);
    await journaled.flush();
    await requireRelinked(file, child, parent, input);
    // the guest sees what it saw, so grandchildren that remember the time need not notice (DESIGN rule 8)
    const contentNeutral = parent.metadata.active?.fields.uniqueId === header.fields.parentUniqueId;
    const journal = await journaled.settle({ ...input.history, contentNeutral });
    const changed = [`"${path.basename(child.path)}" now names "${parent.path}" as its parent.`];
    return { ...done, changed, fileSizeBytes: await file.size(), journal };
  } catch (error) {
    await journaled.rollBack();
    throw error;
  }
}

/** Whether header and locators are, byte for byte, what relinking would write. */
async function holdsLink(
  file: RandomAccessFile,
  header: LocatedHeader,
  placed: PlacedLink,
): Promise<boolean> {
  for (const { offset, data } of placed.pieces)
    if (!Buffer.from(data).equals(await readUpTo(file, offset, data.length))) return false;
  const stored = await readExact(file, header.offset, header.bytes.length);
  return Buffer.from(stored).equals(await relinkedHeader(file, header, placed));
}

const alignedEnd = (footer: LocatedFooter): number => roundUpToSector(footer.offset);

/** Footer at the new end first, so that the image has one at every moment. */
async function moveFooterBehind(
  file: JournaledFile,
  footer: LocatedFooter,
  placed: PlacedLink,
): Promise<PlacedLink> {
  await file.writeAt(footer.bytes, placed.endOffset);
  await file.flush();
  return placed;
}

async function relinkedHeader(
  file: RandomAccessFile,
  header: LocatedHeader,
  placed: Pick<PlacedLink, 'header'>,
): Promise<Uint8Array> {
  const bytes = await readExact(file, header.offset, header.bytes.length);
  writeParentFields(bytes, placed.header);
  return sealDynamicHeader(bytes);
}

/** The child as it is on the disk now leads to that very parent. @throws AppError `verify-failed`. */
async function requireRelinked(
  file: NodeFile,
  child: PeekedImage,
  parent: PeekedImage,
  input: RelinkInput,
): Promise<void> {
  // through the locked handle: Windows keeps every other one from the bytes
  const metadata = await readMetadata(file, false);
  const locators = await readLocators(file, metadata);
  const { path: childPath, identity } = child;
  const found = await resolveParent(
    { path: childPath, identity, metadata, locators },
    { mayOpen: mayOpenOf(input) },
  );
  if (found.identity === 'proven' && isSameFile(found.parent.identity, parent.identity)) return;
  const where = found.identity === 'proven' ? found.parent.path : 'nothing';
  throw new AppError('verify-failed', `The child still leads to "${where}".`, {
    context: { path: childPath },
  });
}

function warningsOf(child: PeekedImage, parent: PeekedImage): string[] {
  const own = child.metadata.active?.fields.currentSizeBytes;
  const theirs = parent.metadata.active?.fields.currentSizeBytes;
  const isMatch = parent.metadata.active?.fields.uniqueId === child.metadata.header?.fields.parentUniqueId;
  const forgotten = isMatch ? forgottenByRelink(child, parent) : null;
  return [
    ...(own === theirs ? [] : ['Child and parent have different sizes; Hyper-V refuses such a chain.']),
    ...(forgotten === null ? [] : [forgotten]),
    ...parentNameItems(parent.path).map(({ message }) => message),
  ];
}

const mayOpenOf = (input: RelinkInput): ParentSearchOptions['mayOpen'] => insideRoots(input.roots);
