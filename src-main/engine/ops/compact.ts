import { randomUUID } from 'node:crypto';
import { AppError, invariant } from '../../../src-shared/errors';
import type { CompactForecast } from '../../../src-shared/model/compact-forecast';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import { formatSizeBoth, formatSizeExact } from '../../../src-shared/vhd/format-size';
import type { OpenedDisk } from '../chain';
import { Damage, openImage, readMetadata } from '../disk';
import type { BlockSet } from '../disk/find-overlaps';
import { clearBatmapBit } from '../disk/batmap';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { freeEntries } from '../format';
import { openForWriting, type RandomAccessFile } from '../io';
import { JournaledFile, requireNoPendingJournal, type HistoryOptions } from '../repair';
import { RECORD_HEAD_BYTES, RECORD_PAYLOAD_BYTES_MAX } from '../repair/journal-record';
import { openOutput, pathsOf } from './open-output';
import { forecastOf, layOutCompact, type CompactLayout } from './compact-layout';
import { isAlignable, surveyBlocks, type BlockSurvey } from './compact-survey';
import { contentFingerprint, requireSameContent, type ContentBefore } from './content-fingerprint';
import {
  insideRoots,
  openSource,
  requireNoSavedState,
  requireSourceUnchanged,
  type DiskSource,
} from './disk-source';
import { zeroStretches } from './gap-walk';
import { moveInOrder } from './move-ranges';
import { requireReachableFromFolder } from './merge-into-new';
import { journalFacts, journalItem } from './journal-facts';
import { PhaseProgress, throwIfCancelled } from './operation';
import { requirePassed, runPreflight } from './preflight';
import {
  readSparseImage,
  withUniqueId,
  writeTables,
  type Batmap,
  type NewTables,
  type SparseImage,
} from './sparse-image';
import { unclaimedItems, type UnclaimedFate } from './unclaimed';

export interface CompactInput {
  readonly image: DiskSource;
  /** A new file; absent: where the image lies, under an undo journal. */
  readonly target?: string | undefined;
  /** Put every block's data on a multiple of 4 KiB; an image that is so already stays so without being asked. */
  readonly realign?: boolean | undefined;
  /** In place: blocks that the BAT has lost may go; without it, compacting is refused where there are any. */
  readonly dropUnclaimed?: boolean | undefined;
  readonly replace?: boolean | undefined;
  /** Go on where no lock can be had at all; a lock that somebody else holds always stops. */
  readonly allowUnlocked?: boolean | undefined;
  readonly history?: HistoryOptions | undefined;
}

/** Footers, the dynamic disk header, and the journal's own beginning and end. */
const FIXED_JOURNAL_BYTES = 8192;

interface CompactPlan {
  readonly image: SparseImage;
  readonly survey: BlockSurvey;
  readonly layout: CompactLayout;
  readonly forecast: CompactForecast;
}

/** What compacting would gain, by cause. Reads every block, changes nothing. @throws AppError `type-mismatch`, `too-damaged`. */
export async function estimateCompact(
  input: CompactInput,
  context: OperationContext = {},
): Promise<CompactForecast> {
  const opened = await openSource({ ...input.image, format: 'vhd' });
  try {
    return (await planCompact(input, opened, context)).forecast;
  } finally {
    await opened.close();
  }
}

/** What `compactImage` would write, by the estimate; reads every block. */
export async function preflightCompact(
  input: CompactInput,
  context: OperationContext = {},
): Promise<Preflight> {
  await requireSettled(input);
  const opened = await openSource({ ...input.image, format: 'vhd' });
  try {
    return await preflightOf(input, opened, await planCompact(input, opened, context));
  } finally {
    await opened.close();
  }
}

/**
 * Drops blocks that show nothing, closes gaps, and cuts the file; the guest sees what it saw, which is proven by
 * reading it all again. In place, an undo journal makes the change whole or none and the modification time is put
 * back; into a new file, the copy gets an id of its own.
 * @throws AppError `type-mismatch`, `saved-state`, `too-damaged`, `unclaimed-data`, `unsupported` (blocks that cannot be
 *   aligned), `no-space`, `verify-failed`, `cancelled`.
 */
export async function compactImage(
  input: CompactInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  await requireSettled(input);
  const opened = await openSource({ ...input.image, format: 'vhd' });
  try {
    const plan = await planCompact(input, opened, context);
    const { forecast, layout } = plan;
    const warnings = requirePassed(await preflightOf(input, opened, plan), input.target ?? opened.path);
    throwIfCancelled(context);
    if (input.target === undefined && layout.packed.movedCount === 0 && forecast.savedBytes <= 0) {
      const changed = ['There is nothing to compact; nothing was written.'];
      return {
        ...resultOf(opened.path, plan, forecast.fileSizeBeforeBytes, null, changed, warnings),
        isUnchanged: true,
      };
    }
    const count = forecast.blocksBefore - forecast.blocksAfter;
    const dropped =
      count === 1
        ? '; 1 block that showed nothing is gone'
        : `; ${count} blocks that showed nothing are gone`;
    const saved = `The file had ${formatSizeBoth(forecast.fileSizeBeforeBytes)} and has ${formatSizeBoth(forecast.fileSizeAfterBytes)} now${count === 0 ? '' : dropped}.`;
    if (input.target !== undefined) {
      await compactIntoNew({ ...input, target: input.target }, opened, plan, context);
      return resultOf(
        input.target,
        plan,
        forecast.fileSizeAfterBytes,
        null,
        [saved, 'The copy has a unique id of its own.'],
        warnings,
      );
    }
    const journal = await compactInPlace(input, opened, plan, context);
    return {
      ...resultOf(opened.path, plan, forecast.fileSizeAfterBytes, journal, [saved], warnings),
      ...(await journalFacts(journal)),
    };
  } finally {
    await opened.close();
  }
}

/** In place: no other change of the image stands in the middle. @throws AppError `journal-pending`. */
async function requireSettled({ image, target }: CompactInput): Promise<void> {
  if (target === undefined) await requireNoPendingJournal(image.path, insideRoots(image.roots));
}

async function planCompact(
  input: CompactInput,
  opened: OpenedDisk,
  context: OperationContext,
): Promise<CompactPlan> {
  const { metadata, path, file } = opened;
  if (!metadata || metadata.type === 'fixed') {
    throw new AppError(
      'type-mismatch',
      `"${path}" is a fixed disk; it has no blocks that could be left out.`,
      {
        hint: 'Convert it to a dynamic disk instead.',
      },
    );
  }
  requireNoSavedState(metadata, path);
  const image = await readSparseImage(file, metadata);
  if (input.realign && !isAlignable(image))
    throw new AppError(
      'unsupported',
      `"${path}" has blocks of ${formatSizeExact(image.blockSizeBytes)}: with each one's data on a multiple of 4 KiB the file would grow, mostly by gaps.`,
      {
        context: { path },
        hint: 'Compact it without aligning the blocks (no --realign).',
        unchanged: 'Nothing was written.',
      },
    );
  const survey = await surveyBlocks(file, image, parentOf(opened), context);
  const layout = layOutCompact(image, survey, {
    realign: input.realign === true,
    isNew: input.target !== undefined,
  });
  return { image, survey, layout, forecast: forecastOf(path, image, survey, layout) };
}

const parentOf = (opened: OpenedDisk): VirtualDisk | null => opened.chain[1]?.disk ?? null;

async function preflightOf(input: CompactInput, opened: OpenedDisk, plan: CompactPlan): Promise<Preflight> {
  const { forecast } = plan;
  const journalBytes = journalBytesOf(plan);
  const isInPlace = input.target === undefined;
  return runPreflight({
    target: input.target ?? opened.path,
    replace: input.replace,
    inPlace: isInPlace,
    bytesToWrite: isInPlace ? journalBytes : forecast.fileSizeAfterBytes,
    journalAdvice: isInPlace ? JOURNAL_ADVICE : undefined,
    predictedFileBytes: forecast.fileSizeAfterBytes,
    reads: opened.chain,
    more: [
      ...(isInPlace ? [journalItem(journalBytes, input.history)] : []),
      ...(await unclaimedItems(opened, fateOfUnclaimed(input))),
    ],
  });
}

const JOURNAL_ADVICE = {
  message: 'Into a new file, which can be on another disk, it is done without a journal.',
  hint: 'Free some space, or make the smaller file on another disk: "platter compact FILE --output OUT".',
} as const;

function fateOfUnclaimed({ target, dropUnclaimed }: CompactInput): UnclaimedFate {
  if (target !== undefined) return 'leftBehind';
  return dropUnclaimed ? 'dropped' : 'wouldBeLost';
}

/** What the journal takes at most: what is overwritten and what is cut, zeros excepted, and its own records. */
function journalBytesOf(plan: CompactPlan): number {
  const { image, layout, forecast } = plan;
  const tableBytes = image.tablesEnd - image.batOffset + FIXED_JOURNAL_BYTES;
  const savedBytes = movedBytesOf(plan) + layout.freeBytes + Math.max(0, forecast.savedBytes) + tableBytes;
  const records = savedBytes / RECORD_PAYLOAD_BYTES_MAX + 2 * layout.packed.movedCount;
  return savedBytes + Math.ceil(records) * RECORD_HEAD_BYTES;
}

const movedBytesOf = ({ image, layout }: CompactPlan): number => layout.packed.movedCount * image.strideBytes;

/** The tables of the result; uses the image's own entries up. */
function newTables({ image, survey, layout }: CompactPlan): NewTables {
  return {
    sizeBytes: image.sizeBytes,
    entries: {
      count: layout.entryCount,
      kept: layout.packed.intoEntries().subarray(0, layout.entryCount),
      moved: new Map(),
    },
    locators: layout.locators,
    batmap: image.batmap && withoutBlocks(image.batmap, survey.dropped),
    endOffset: layout.endOffset,
    headerOffset: layout.headerOffset,
    batOffset: layout.batOffset,
  };
}

function withoutBlocks(batmap: Batmap, dropped: BlockSet): Batmap {
  const map = Uint8Array.from(batmap.map);
  for (let block = 0; block < map.length * 8; block += 1) if (dropped.has(block)) clearBatmapBit(map, block);
  return { ...batmap, map };
}

/** What the disk shows, to be held against what it shows once it is compacted. */
async function contentBefore({ disk }: OpenedDisk, context: OperationContext): Promise<ContentBefore> {
  const { sizeBytes } = disk;
  const shown = await contentFingerprint(disk, sizeBytes, context, 'read');
  return { shown, comparedBytes: sizeBytes, sizeBytes };
}

async function compactInPlace(
  input: CompactInput,
  opened: OpenedDisk,
  plan: CompactPlan,
  context: OperationContext,
): Promise<string | null> {
  const { path } = opened;
  const before = await contentBefore(opened, context);
  const file = await openForWriting(path, {
    seen: opened.chain[0]?.identity ?? undefined,
    allowUnlocked: input.allowUnlocked,
  });
  try {
    const change = {
      operation: 'compact',
      title: `Compact to ${formatSizeBoth(plan.forecast.fileSizeAfterBytes)}`,
    };
    const journaled = await JournaledFile.begin(file, change, input.history ?? {});
    try {
      await moveInOrder(
        journaled,
        plan.layout.packed,
        new PhaseProgress(context, 'move', movedBytesOf(plan)),
      );
      const { packed, endOffset } = plan.layout;
      await zeroStretches(journaled, packed.freeStretches(endOffset), context);
      await writeTables(journaled, plan.image, newTables(plan));
      await journaled.flush();
      freeEntries(plan.image.entries);
      await requireSameContent(journaled, parentOf(opened), before, context);
      return await journaled.settle({ ...input.history, contentNeutral: true });
    } catch (error) {
      await journaled.rollBack();
      throw error;
    }
  } finally {
    await file.close();
  }
}

async function compactIntoNew(
  input: CompactInput & { readonly target: string },
  opened: OpenedDisk,
  plan: CompactPlan,
  context: OperationContext,
): Promise<void> {
  const { image } = plan;
  if (image.metadata.type === 'differencing') requireReachableFromFolder(input.target, opened.path);
  const output = await openOutput(input.target, input.replace, pathsOf(opened));
  try {
    const before = await contentBefore(opened, context);
    await copyBlocks(opened.file, output.file, plan, context);
    for (const [at, { offset, spaceBytes, entry }] of plan.layout.locators.entries()) {
      const bytes = new Uint8Array(spaceBytes);
      const from = image.locators[at];
      invariant(from, 'every locator has a place in both layouts');
      await opened.file.readAt(bytes.subarray(0, entry.dataLengthBytes), from.offset);
      await output.file.writeAt(bytes, offset);
    }
    await writeTables(output.file, image, newTables(plan));
    freeEntries(image.entries);
    await withUniqueId(output.file, randomUUID());
    const written = openImage(
      output.file,
      await readMetadata(output.file),
      new Damage(output.file.path, false),
      parentOf(opened),
    );
    const shown = await contentFingerprint(written, before.comparedBytes, context, 'verify');
    if (shown !== before.shown || written.sizeBytes !== before.sizeBytes)
      throw new AppError(
        'verify-failed',
        `What was written for "${input.target}" does not show what "${opened.path}" shows.`,
      );
    await requireSourceUnchanged(opened);
    throwIfCancelled(context);
    await output.publish();
  } finally {
    await output.discard();
  }
}

async function copyBlocks(
  from: RandomAccessFile,
  to: RandomAccessFile,
  plan: CompactPlan,
  context: OperationContext,
): Promise<void> {
  const { strideBytes } = plan.image;
  const { packed } = plan.layout;
  const chunkBytes = Math.min(strideBytes, 4 * 1024 * 1024);
  const progress = new PhaseProgress(context, 'copy', packed.count * strideBytes);
  const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)] as const;
  let turn = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let at = 0; at < packed.count; at += 1) {
      const move = packed.at(at);
      for (let done = 0; done < strideBytes; done += chunkBytes) {
        turn = 1 - turn;
        const bytes = (turn === 0 ? buffers[0] : buffers[1]).subarray(
          0,
          Math.min(chunkBytes, strideBytes - done),
        );
        bytes.fill(0, await from.readAt(bytes, move.from + done));
        await writing;
        writing = to.writeAt(bytes, move.to + done);
        writing.catch(() => undefined);
        progress.advance(bytes.length, move.guest);
      }
    }
  } finally {
    await writing;
  }
}

function resultOf(
  path: string,
  { forecast, image }: CompactPlan,
  fileSizeBytes: number,
  journal: string | null,
  changed: readonly string[],
  warnings: readonly string[],
): OperationResult {
  return {
    path,
    changed,
    virtualSizeBytes: image.sizeBytes,
    fileSizeBeforeBytes: forecast.fileSizeBeforeBytes,
    fileSizeBytes,
    verified: true,
    contentHash: null,
    journal,
    warnings,
  };
}
