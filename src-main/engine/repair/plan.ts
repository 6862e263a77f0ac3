/** The doors of repair: plan, apply, finish. */
import { AppError } from '../../../src-shared/errors';
import type { RepairPlan } from '../../../src-shared/model/repair-plan';
import { buildPlan, type RepairRequest } from './build-plan';
import { runPlan, showPlan, type RunOptions } from './run-plan';
import { mergeMarkOf, mergePendingError } from './merge-mark';
import { pendingJournal } from './pending-journal';
import { undoImage } from './undo';

/** `deep`, which reads blocks and bitmaps for the items that concern them, is on unless switched off. */
export interface PlanOptions
  extends RepairRequest, Pick<RunOptions, 'mayOpen' | 'signal' | 'onProgress' | 'deep'> {}

export interface ApplyOptions extends RepairRequest, RunOptions {}

/**
 * What would be done to an image, byte for byte, and what a check would say of it then. Writes nothing.
 * @throws AppError `not-a-vhd`, `no-metadata`, `bad-value` and those of kind `system`.
 */
export function planRepair(path: string, options: PlanOptions = {}): Promise<RepairPlan> {
  return showPlan(path, options, (file, source, check) => buildPlan(file, source, options, check));
}

/**
 * Carries out the plan that planRepair shows for the same request.
 * @param stateToken of the plan that was shown; without it the image is taken as it is.
 * @throws AppError as runPlan.
 */
export function applyRepair(
  path: string,
  options: ApplyOptions = {},
  stateToken?: string,
): Promise<RepairPlan> {
  return runPlan(
    path,
    options,
    stateToken,
    (file, source, check) => buildPlan(file, source, options, check),
    ({ plan }) => ({
      operation: 'repair',
      title: `Repair: ${plan
        .filter((item) => item.selected)
        .map((item) => item.code)
        .join(', ')}`,
      request: { only: options.only, choose: options.choose },
    }),
  );
}

/**
 * Finishes a repair that was interrupted: rolls back what was done and does it anew, as it was asked for.
 * @throws AppError `nothing-to-undo` where no repair is in flight.
 */
export async function finishRepair(path: string, options: ApplyOptions = {}): Promise<RepairPlan> {
  const pending = await pendingJournal(path);
  const mark = pending && mergeMarkOf(pending.begin);
  if (mark) throw mergePendingError(mark, path);
  if (pending?.begin.operation !== 'repair')
    throw new AppError('nothing-to-undo', `No repair of "${path}" was interrupted.`, { context: { path } });
  await undoImage(path, { ...options, noRecord: true });
  return applyRepair(path, { ...options, ...requestOf(pending.begin.request) });
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
