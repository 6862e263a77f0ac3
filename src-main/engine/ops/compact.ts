import type { CompactForecast } from '../../../src-shared/model/compact-forecast';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OpenedDisk } from '../chain';
import type { OperationContext } from '../disk/virtual-disk';
import { freeEntries } from '../format';
import { openForWriting } from '../io';
import { JournaledFile, requireNoPendingJournal } from '../repair';
import { readingFrom } from './changed-meanwhile';
import { compactIntoNew } from './compact-into-new';
import {
  movedBytesOf,
  newTables,
  parentOf,
  planCompact,
  type CompactInput,
  type CompactPlan,
} from './compact-plan';
import { contentBefore, requireSameContent } from './content-fingerprint';
import { insideRoots, openSource } from './disk-source';
import { costOfCompacting } from './forecast-compact';
import { zeroStretches } from './gap-walk';
import { journalFacts, journalItem } from './journal-facts';
import { moveInOrder } from './move-ranges';
import { PhaseProgress, throwIfCancelled } from './operation';
import { requirePassed, runPreflight } from './preflight';
import { writeTables } from './sparse-image';
import { unclaimedItems, type UnclaimedFate } from './unclaimed';

export type { CompactInput };

/** What compacting would gain, by cause. Reads every block, changes nothing. @throws AppError `type-mismatch`, `too-damaged`. */
export async function estimateCompact(
  input: CompactInput,
  context: OperationContext = {},
): Promise<CompactForecast> {
  const opened = await openSource({ ...input.image, format: 'vhd' });
  try {
    return (await readingFrom([opened], () => planCompact(input, opened, context))).forecast;
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
    return await readingFrom([opened], async () =>
      preflightOf(input, opened, await planCompact(input, opened, context), context),
    );
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
    const { plan, preflight } = await readingFrom([opened], async () => {
      const found = await planCompact(input, opened, context);
      return { plan: found, preflight: await preflightOf(input, opened, found, context) };
    });
    const { forecast, layout } = plan;
    const warnings = requirePassed(preflight, input.target ?? opened.path);
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
      const { target } = input;
      await readingFrom([opened], () => compactIntoNew({ ...input, target }, opened, plan, context));
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

async function preflightOf(
  input: CompactInput,
  opened: OpenedDisk,
  plan: CompactPlan,
  context: OperationContext,
): Promise<Preflight> {
  const { fileSizeAfterBytes } = plan.forecast;
  const cost = input.target === undefined ? await costOfCompacting(opened.file, plan, context) : null;
  return runPreflight({
    target: input.target ?? opened.path,
    replace: input.replace,
    inPlace: cost !== null,
    bytesToWrite: cost?.bytesToWrite ?? fileSizeAfterBytes,
    spaceBytes: cost?.spaceBytes,
    journalAdvice: cost ? JOURNAL_ADVICE : undefined,
    predictedFileBytes: fileSizeAfterBytes,
    reads: opened.chain,
    more: [
      ...(cost ? [journalItem(cost.journalBytes, input.history)] : []),
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

async function compactInPlace(
  input: CompactInput,
  opened: OpenedDisk,
  plan: CompactPlan,
  context: OperationContext,
): Promise<string | null> {
  const { path } = opened;
  const before = await readingFrom([opened], () => contentBefore(opened.disk, context));
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
