/** The doors of repair: plan, apply, finish. */
import { createHash } from 'node:crypto';
import { AppError } from '../../../src-shared/errors';
import type { RepairPlan } from '../../../src-shared/model/repair-plan';
import { VHD_EPOCH_UNIX_SECONDS } from '../../../src-shared/vhd/timestamp';
import { checkImage, type CheckOptions } from '../check/check-image';
import { requireNoChildren } from '../chain';
import { readMetadata } from '../disk/metadata';
import { identityOfFile, NodeFile, openForWriting, type LockOptions, type RandomAccessFile } from '../io';
import {
  buildPlan,
  worstRisk,
  type BuiltPlan,
  type CheckImage,
  type PlanSource,
  type RepairRequest,
} from './build-plan';
import { JournaledFile } from './journaled-file';
import type { HistoryOptions } from './journal-store';
import { hashMetadata } from './state-hash';
import { pendingJournal, requireNoPendingJournal, undoImage } from './undo';
import { writePlan } from './write-plan';

export interface PlanOptions extends RepairRequest, Pick<CheckOptions, 'mayOpen' | 'signal' | 'onProgress'> {
  /** Reads blocks and bitmaps too, for the items that concern them. On unless switched off. */
  readonly deep?: boolean | undefined;
}

export interface ApplyOptions extends PlanOptions, LockOptions, HistoryOptions {
  /** Go on although images in the same folder depend on this one and would see the change. */
  readonly breakChildren?: boolean | undefined;
}

/**
 * What would be done to an image, byte for byte, and what a check would say of it then. Writes nothing.
 * @throws AppError `not-a-vhd`, `no-metadata`, `bad-value` and those of kind `system`.
 */
export async function planRepair(path: string, options: PlanOptions = {}): Promise<RepairPlan> {
  const file = await NodeFile.open(path, 'read');
  try {
    return (await planOpenFile(file, options)).plan;
  } finally {
    await file.close();
  }
}

/**
 * Makes the plan anew under the lock, proves that it is the one that was looked at, and carries it out under an undo
 * journal; then checks the whole image again. Where the result is not what was predicted, everything is put back.
 * @param stateToken of the plan that was shown; without it the image is taken as it is.
 * @throws AppError `file-changed`, `file-in-use`, `lock-unavailable`, `journal-pending`, `has-children`, `verify-failed`.
 */
export async function applyRepair(
  path: string,
  options: ApplyOptions = {},
  stateToken?: string,
): Promise<RepairPlan> {
  await requireNoPendingJournal(path);
  const file = await openForWriting(path, options);
  try {
    if (stateToken !== undefined && (await sourceOf(file)).stateToken !== stateToken)
      throw new AppError('file-changed', `"${path}" was changed since the plan was made.`, {
        context: { path },
        unchanged: 'Nothing was written.',
      });
    const built = await planOpenFile(file, options);
    await requireHarmlessToChildren(file, built, options);
    const journal = await carryOut(file, built, options);
    return { ...built.plan, applied: true, journal };
  } finally {
    await file.close();
  }
}

/**
 * Finishes a repair that was interrupted: rolls back what was done and does it anew, as it was asked for.
 * @throws AppError `nothing-to-undo` where no repair is in flight.
 */
export async function finishRepair(path: string, options: ApplyOptions = {}): Promise<RepairPlan> {
  const pending = await pendingJournal(path);
  if (pending?.begin.operation !== 'repair')
    throw new AppError('nothing-to-undo', `No repair of "${path}" was interrupted.`, { context: { path } });
  await undoImage(path, options);
  return applyRepair(path, { ...options, ...requestOf(pending.begin.request) });
}

/** What children see of a parent: its content, and the id and size by which they know it (DESIGN rule 8). */
async function requireHarmlessToChildren(
  file: NodeFile,
  built: BuiltPlan,
  options: ApplyOptions,
): Promise<void> {
  const before = (await readMetadata(file, false)).active?.fields;
  const after = (await readMetadata(built.result, false)).active?.fields;
  const isSame = before?.uniqueId === after?.uniqueId && before?.currentSizeBytes === after?.currentSizeBytes;
  if (!before || (isSame && worstRisk(built.plan.plan) !== 'data')) return;
  await requireNoChildren(file.path, before.uniqueId, {
    breakChildren: options.breakChildren,
    mayOpen: options.mayOpen,
  });
}

async function carryOut(file: NodeFile, built: BuiltPlan, options: ApplyOptions): Promise<string | null> {
  const selected = built.plan.plan.filter((item) => item.selected);
  const request: RepairRequest = { only: options.only, choose: options.choose };
  const journaled = await JournaledFile.begin(
    file,
    { operation: 'repair', title: `Repair: ${selected.map((item) => item.code).join(', ')}`, request },
    options,
  );
  try {
    await writePlan(journaled, built);
    const after = await checkFor(options)(file);
    if (after.verdict !== built.plan.predictedVerdict)
      throw new AppError(
        'verify-failed',
        `After the repair the check says "${after.verdict}", not "${built.plan.predictedVerdict}".`,
        {
          context: { path: file.path },
          unchanged: 'Everything was put back as it was.',
        },
      );
    return await journaled.settle({
      historyFolder: options.historyFolder,
      contentNeutral: worstRisk(selected) !== 'data',
    });
  } catch (error) {
    await journaled.rollBack();
    throw error;
  }
}

async function planOpenFile(file: NodeFile, options: PlanOptions): Promise<BuiltPlan> {
  return buildPlan(file, await sourceOf(file), options, checkFor(options));
}

const checkFor =
  (options: PlanOptions): CheckImage =>
  async (file: RandomAccessFile) =>
    checkImage(
      { file, metadata: await readMetadata(file) },
      {
        deep: options.deep ?? true,
        mayOpen: options.mayOpen,
        signal: options.signal,
        onProgress: options.onProgress,
      },
    );

async function sourceOf(file: NodeFile): Promise<PlanSource> {
  const identity = await identityOfFile(file);
  const { device, inode, sizeBytes, modifiedNs, changedNs } = identity;
  const state = [device, inode, sizeBytes, modifiedNs, changedNs, await hashMetadata(file)].join(' ');
  const modified = Math.floor(Number(modifiedNs) / 1e9) - VHD_EPOCH_UNIX_SECONDS;
  return {
    stateToken: createHash('sha256').update(state).digest('hex'),
    modifiedSeconds: Math.min(Math.max(modified, 0), 0xffff_ffff),
  };
}

/** What a journal says was asked for; a journal is a file, and may say anything. */
function requestOf(stored: unknown): RepairRequest {
  if (typeof stored !== 'object' || stored === null) return {};
  const { only, choose } = stored as { only?: unknown; choose?: unknown };
  const isText = (value: unknown): value is string => typeof value === 'string';
  return {
    ...(Array.isArray(only) ? { only: only.filter(isText) } : {}),
    ...(typeof choose === 'object' && choose !== null
      ? {
          choose: Object.fromEntries(
            Object.entries(choose).filter((entry): entry is [string, string] => isText(entry[1])),
          ),
        }
      : {}),
  };
}
