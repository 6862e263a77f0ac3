import { AppError } from '../../../src-shared/errors';
import type { OperationResult, Preflight, PreflightItem } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { predictLayout } from '../../../src-shared/vhd/layout';
import { findChildren, type OpenedDisk } from '../chain';
import { requireNoChildren } from '../chain/find-children';
import { requireOneFile } from '../chain/split-set';
import type { VhdMetadata } from '../disk';
import type { OperationContext } from '../disk/virtual-disk';
import { requireSoundMetadata } from '../disk/writable-image';
import { openForWriting } from '../io';
import { JournaledFile, requireNoPendingJournal, type HistoryOptions } from '../repair';
import { childrenItem, HARM_OF_GROWING } from './children';
import { contentBefore, requireSameContent } from './content-fingerprint';
import { insideRoots, openSource, requireNoSavedState, type DiskSource } from './disk-source';
import { footerCreatorWarnings, requireSoundLayout } from './new-image';
import { journalFacts } from './journal-facts';
import { throwIfCancelled } from './operation';
import { forecastResize } from './forecast-resize';
import { gptAtEndItems } from './gpt-at-end';
import { requirePassed, runPreflight } from './preflight';
import { resizeFixed } from './resize-fixed';
import { resizeSparse } from './resize-sparse';
import { findBeyond } from './shrink-check';

export interface ResizeInput {
  /** The image; a differencing one with what is needed to find its parents. */
  readonly image: DiskSource;
  readonly sizeBytes: number;
  /** Smaller than it is; refused where anything lies beyond the new end. */
  readonly shrink?: boolean | undefined;
  /** Children of this image may break: they expect its size. */
  readonly breakChildren?: boolean | undefined;
  /**
   * `content` (default) reads the disk before and after and compares; `none` leaves it at reading the structures and
   * what was moved once more.
   */
  readonly verify?: 'content' | 'none' | undefined;
  /** Go on where no lock can be had at all; a lock that somebody else holds always stops. */
  readonly allowUnlocked?: boolean | undefined;
  readonly history?: HistoryOptions | undefined;
}

/** What `resizeImage` would find: what is in the way of a new end, children, space. */
export async function preflightResize(input: ResizeInput): Promise<Preflight> {
  await requireNoPendingJournal(input.image.path, insideRoots(input.image.roots));
  const opened = await openSource({ ...input.image, format: 'vhd' });
  try {
    const { metadata } = opened;
    requireOneFile(opened.file);
    const oldSizeBytes = opened.disk.sizeBytes;
    const mayOpen = insideRoots(input.image.roots);
    if (!metadata) throw new AppError('internal', 'an open VHD has metadata');
    const more: PreflightItem[] = [
      childrenItem(
        await findChildren(opened.path, idOf(metadata), { mayOpen }),
        input.breakChildren === true,
        input.sizeBytes > oldSizeBytes,
      ),
    ];
    if (input.sizeBytes < oldSizeBytes) {
      for (const { name } of await findBeyond(opened.disk, input.sizeBytes))
        more.push({ code: 'beyond-end', level: 'blocked', message: `In the way of the new end: ${name}.` });
    }
    return await preflightOf(opened, metadata, input.sizeBytes, more);
  } finally {
    await opened.close();
  }
}

/**
 * Changes the size of an image where it lies; its inode stays, and an undo journal beside it makes the change whole or
 * none. Growing moves what is in the way of a longer BAT to the end of the file and keeps everything else. Shrinking
 * is refused with the name of what lies beyond the new end. The disk must show what it showed, and zeros where it grew.
 * @throws AppError `data-beyond-end`, `has-children`, `saved-state`, `size-limit`, `too-damaged`, `journal-pending`,
 *   `file-in-use`, `verify-failed`, `cancelled`.
 */
export async function resizeImage(
  input: ResizeInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  await requireNoPendingJournal(input.image.path, insideRoots(input.image.roots));
  const opened = await openSource({ ...input.image, format: 'vhd' });
  try {
    const { metadata, path } = opened;
    requireOneFile(opened.file);
    if (!metadata?.type) throw new AppError('internal', 'an open VHD has metadata and a type');
    const oldSizeBytes = opened.disk.sizeBytes;
    const warnings = await requireResizable(opened, metadata, input);
    if (input.sizeBytes === oldSizeBytes) return unchanged(path, metadata, oldSizeBytes);
    warnings.push(...requirePassed(await preflightOf(opened, metadata, input.sizeBytes, []), path));
    throwIfCancelled(context);
    const parent = opened.chain[1]?.disk ?? null;
    const before =
      input.verify === 'none'
        ? null
        : {
            ...(await contentBefore(opened.disk, context)),
            comparedBytes: Math.max(oldSizeBytes, input.sizeBytes),
            sizeBytes: input.sizeBytes,
          };
    const file = await openForWriting(path, {
      seen: opened.chain[0]?.identity ?? undefined,
      allowUnlocked: input.allowUnlocked,
    });
    try {
      const title = `Resize ${formatSizeBoth(oldSizeBytes)} to ${formatSizeBoth(input.sizeBytes)}`;
      const journaled = await JournaledFile.begin(file, { operation: 'resize', title }, input.history ?? {});
      try {
        const changed =
          metadata.type === 'fixed'
            ? await resizeFixed(journaled, metadata, input.sizeBytes)
            : await resizeSparse(journaled, metadata, input.sizeBytes, parent, context);
        if (before) await requireSameContent(journaled, parent, before, context);
        throwIfCancelled(context);
        // Settled is done: from here on a cancel comes too late, and saying otherwise would be untrue.
        const journal = await journaled.settle(input.history ?? {});
        return {
          path,
          changed: [
            `The disk was ${formatSizeBoth(oldSizeBytes)} and is ${formatSizeBoth(input.sizeBytes)} now.`,
            ...changed,
          ],
          virtualSizeBytes: input.sizeBytes,
          fileSizeBeforeBytes: metadata.fileSizeBytes,
          fileSizeBytes: await file.size(),
          verified: before !== null,
          contentHash: null,
          journal,
          ...(await journalFacts(journal)),
          warnings,
        };
      } catch (error) {
        await journaled.rollBack();
        throw error;
      }
    } finally {
      await file.close();
    }
  } finally {
    await opened.close();
  }
}

async function preflightOf(
  opened: OpenedDisk,
  metadata: VhdMetadata,
  sizeBytes: number,
  more: readonly PreflightItem[],
): Promise<Preflight> {
  const forecast = await forecastResize(opened.file, metadata, opened.disk.sizeBytes, sizeBytes);
  const gpt = await gptAtEndItems(opened.disk, sizeBytes);
  const common = { target: opened.path, inPlace: true, reads: opened.chain };
  return runPreflight({ ...common, ...forecast, more: [...more, ...gpt] });
}

const idOf = (metadata: VhdMetadata | null): string => metadata?.active?.fields.uniqueId ?? '';

/** @returns warnings. @throws AppError for whatever stands against it. */
async function requireResizable(
  opened: OpenedDisk,
  metadata: VhdMetadata,
  input: ResizeInput,
): Promise<string[]> {
  const { path, disk } = opened;
  const { sizeBytes } = input;
  const footer = requireSoundMetadata(metadata, path);
  const type = metadata.type ?? 'fixed';
  const request = { type, sizeBytes, blockSizeBytes: disk.blockSizeBytes ?? undefined };
  const warnings = requireSoundLayout(request, predictLayout(request).maxTableEntries);
  requireNoSavedState(metadata, path);
  if (sizeBytes === disk.sizeBytes) return warnings;
  if (sizeBytes < disk.sizeBytes && !input.shrink) {
    throw new AppError(
      'usage',
      `${formatSizeBoth(sizeBytes)} is less than the disk's ${formatSizeBoth(disk.sizeBytes)}.`,
      {
        hint: 'Shrinking must be asked for: add --shrink.',
      },
    );
  }
  const grows = sizeBytes > disk.sizeBytes;
  const children = await requireNoChildren(path, footer.fields.uniqueId, {
    mayOpen: insideRoots(input.image.roots),
    breakChildren: input.breakChildren,
    harm: grows ? HARM_OF_GROWING : undefined,
  });
  if (children.length > 0) warnings.push(childrenItem(children, true, grows).message);
  if (sizeBytes < disk.sizeBytes) await requireNothingBeyond(opened, sizeBytes);
  const parentSizeBytes = opened.chain[1]?.disk.sizeBytes;
  if (parentSizeBytes !== undefined && parentSizeBytes !== sizeBytes) {
    warnings.push(
      `The parent has ${formatSizeBoth(parentSizeBytes)}; Hyper-V refuses a child of another size.`,
    );
  }
  // COMPAT(libvhdi): takes the original size, which a larger disk keeps; seen with 20210425 and 20251119.
  if (sizeBytes > (footer.fields.originalSizeBytes ?? 0))
    warnings.push(
      'Programs on libvhdi (vhdiinfo, forensic tools) take the original size, which stays as it was: they do not see what was added. "platter edit --set originalSize" changes it.',
    );
  return [...warnings, ...footerCreatorWarnings(sizeBytes, footer.fields.creatorApplication)];
}

async function requireNothingBeyond({ path, disk }: OpenedDisk, sizeBytes: number): Promise<void> {
  const inTheWay = await findBeyond(disk, sizeBytes);
  if (inTheWay.length === 0) return;
  throw new AppError(
    'data-beyond-end',
    `"${path}" cannot end at ${formatSizeBoth(sizeBytes)}: ${inTheWay.map(({ name }) => name).join('; ')}.`,
    { context: { path }, data: { inTheWay }, unchanged: 'Nothing was written.' },
  );
}

function unchanged(path: string, metadata: VhdMetadata, sizeBytes: number): OperationResult {
  return {
    path,
    changed: [`The disk already has ${formatSizeBoth(sizeBytes)}; nothing was written.`],
    virtualSizeBytes: sizeBytes,
    fileSizeBeforeBytes: metadata.fileSizeBytes,
    fileSizeBytes: metadata.fileSizeBytes,
    verified: true,
    isUnchanged: true,
    contentHash: null,
    journal: null,
    warnings: [],
  };
}
