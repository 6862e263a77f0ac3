/** What every change that was planned byte for byte has in common: its state, its journal, its proof. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import type { RepairPlan } from '../../../src-shared/model/repair-plan';
import { VHD_EPOCH_UNIX_SECONDS } from '../../../src-shared/vhd/timestamp';
import { findChildren, requireNoChildren } from '../chain';
import { requireNotSplit } from '../chain/split-set';
import { checkImage, type CheckOptions } from '../check/check-image';
import { readMetadata } from '../disk/metadata';
import { freeEntries } from '../format';
import { identityOfFile, NodeFile, openForWriting, type LockOptions, type RandomAccessFile } from '../io';
import { makeBackup, type BackupRequest } from './backup';
import { worstRisk, type BuiltPlan, type CheckImage, type PlanSource } from './build-plan';
import { JournaledFile, type JournaledChange } from './journaled-file';
import type { HistoryOptions } from './journal-store';
import { requireNoPendingJournal } from './merge-under-way';
import { hashMetadata } from './state-hash';
import { writePlan } from './write-plan';

export interface RunOptions
  extends LockOptions, HistoryOptions, Pick<CheckOptions, 'mayOpen' | 'signal' | 'onProgress' | 'deep'> {
  /** Go on although images in the same folder depend on this one and would see the change. */
  readonly breakChildren?: boolean | undefined;
  /** A copy to make first, under the same lock; the undo journal is made as well. */
  readonly backup?: BackupRequest | undefined;
}

type MakePlan = (file: RandomAccessFile, source: PlanSource, check: CheckImage) => Promise<BuiltPlan>;

/**
 * Plans on an image that is opened read-only.
 * @throws AppError `unsupported` (a split set), of kind `system`, and what `make` throws.
 */
export async function showPlan(image: string, options: RunOptions, make: MakePlan): Promise<RepairPlan> {
  const file = await NodeFile.open(image, 'read');
  try {
    await requireNotSplit(file);
    const built = await make(file, await sourceOf(file, options), checkWith(options));
    const seenAs = await idSeenByChildren(file, built);
    if (seenAs === null) return built.plan;
    // Only said beforehand: that a folder cannot be listed is told by who changes the image.
    const children = await findChildren(file.path, seenAs, { mayOpen: options.mayOpen }).catch(() => []);
    if (children.length === 0) return built.plan;
    return { ...built.plan, children: children.map((child) => path.basename(child.path)) };
  } finally {
    await file.close();
  }
}

/**
 * Makes the plan anew under the lock, proves that it is the one that was looked at, and carries it out under an undo
 * journal; then checks the whole image again. Where the result is not what was predicted, everything is put back.
 * @throws AppError `unsupported` (a split set), `file-changed`, `file-in-use`, `lock-unavailable`, `journal-pending`, `has-children`, `verify-failed`,
 * and those of makeBackup.
 */
export async function runPlan(
  image: string,
  options: RunOptions,
  stateToken: string | undefined,
  make: MakePlan,
  describe: (plan: RepairPlan) => JournaledChange,
): Promise<RepairPlan> {
  await requireNoPendingJournal(image, options.mayOpen);
  const file = await openForWriting(image, options);
  try {
    await requireNotSplit(file);
    const source = await sourceOf(file, options);
    if (stateToken !== undefined && source.stateToken !== stateToken)
      throw new AppError('file-changed', `"${image}" was changed since the plan was made.`, {
        context: { path: image },
        unchanged: 'Nothing was written.',
      });
    const built = await make(file, source, checkWith(options));
    await requireHarmlessToChildren(file, built, options);
    const isChange =
      built.touched.length > 0 || built.plan.fileSizeAfterBytes !== built.plan.fileSizeBeforeBytes;
    const backup = options.backup && isChange ? await makeBackup(file, options.backup, options) : undefined;
    const journal = await carryOut(file, built, describe(built.plan), options);
    // A plan of which nothing is selected changes nothing.
    return { ...built.plan, applied: journal !== null, journal, ...(backup ? { backup } : {}) };
  } finally {
    await file.close();
  }
}

/** What children see of a parent: its content, and the id and size by which they know it (DESIGN rule 8). */
async function requireHarmlessToChildren(
  file: NodeFile,
  built: BuiltPlan,
  options: RunOptions,
): Promise<void> {
  const seenAs = await idSeenByChildren(file, built);
  if (seenAs === null) return;
  await requireNoChildren(file.path, seenAs, {
    breakChildren: options.breakChildren,
    mayOpen: options.mayOpen,
  });
}

/** The id by which children know the image; null where they would see nothing of the plan. */
async function idSeenByChildren(file: NodeFile, built: BuiltPlan): Promise<string | null> {
  const before = (await readMetadata(file, false)).active?.fields;
  const after = (await readMetadata(built.result, false)).active?.fields;
  const isSame = before?.uniqueId === after?.uniqueId && before?.currentSizeBytes === after?.currentSizeBytes;
  return !before || (isSame && worstRisk(built.plan.plan) !== 'data') ? null : before.uniqueId;
}

async function carryOut(
  file: NodeFile,
  built: BuiltPlan,
  change: JournaledChange,
  options: RunOptions,
): Promise<string | null> {
  const journaled = await JournaledFile.begin(file, change, options);
  try {
    await writePlan(journaled, built);
    const after = await checkWith(options, true)(file);
    if (after.verdict !== built.plan.predictedVerdict)
      throw new AppError(
        'verify-failed',
        `Afterwards the check says "${after.verdict}", not "${built.plan.predictedVerdict}" as predicted.`,
        { context: { path: file.path }, unchanged: 'Everything was put back as it was.' },
      );
    return await journaled.settle({
      historyFolder: options.historyFolder,
      contentNeutral: worstRisk(built.plan.plan) !== 'data',
    });
  } catch (error) {
    await journaled.rollBack();
    throw error;
  }
}

/** Deep unless switched off: a prediction must hold for the blocks, too. */
const checkWith =
  (options: RunOptions, ownChange = false): CheckImage =>
  async (file: RandomAccessFile) => {
    const metadata = await readMetadata(file);
    try {
      return await checkImage(
        { file, metadata },
        {
          deep: options.deep ?? true,
          mayOpen: options.mayOpen,
          ownChange,
          signal: options.signal,
          onProgress: options.onProgress,
        },
      );
    } finally {
      // the plan reads the BAT again, from the image as it would be
      if (metadata.bat) freeEntries(metadata.bat.entries);
    }
  };

async function sourceOf(file: NodeFile, { mayOpen, signal }: RunOptions): Promise<PlanSource> {
  const identity = await identityOfFile(file);
  const { device, inode, sizeBytes, modifiedNs, changedNs } = identity;
  const state = [device, inode, sizeBytes, modifiedNs, changedNs, await hashMetadata(file)].join(' ');
  const modified = Math.floor(Number(modifiedNs) / 1e9) - VHD_EPOCH_UNIX_SECONDS;
  return {
    stateToken: createHash('sha256').update(state).digest('hex'),
    modifiedSeconds: Math.min(Math.max(modified, 0), 0xffff_ffff),
    mayOpen,
    signal,
  };
}
