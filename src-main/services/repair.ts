import type { RepairPlan } from '../../src-shared/model/repair-plan';
import {
  applyEdit,
  isWritable,
  planEdit,
  planRepair,
  type EditOptions,
  type PlanOptions,
  type RepairRequest,
} from '../engine';
import { titlesOf } from './finding-titles';
import type { FileRegistry } from './files/file-registry';
import type { Roots } from './files/roots';
import type { FileWatcher } from './files/watch';
import type { UndoService } from './undo';

interface RepairParts {
  readonly registry: FileRegistry;
  readonly roots: Roots;
  readonly watcher: FileWatcher;
  readonly undo: UndoService;
}

/** What would be done to an image, byte for byte. Writes nothing. @throws AppError as planRepair. */
export async function planImageRepair(
  { registry, roots }: RepairParts,
  fileId: string,
  request: RepairRequest & Pick<PlanOptions, 'deep'>,
): Promise<RepairPlan> {
  const mayOpen = (path: string): boolean => roots.allows(path);
  const path = await registry.pathOf(fileId);
  const plan = await planRepair(path, { ...request, mayOpen });
  const codes = [...plan.remaining, ...plan.plan.flatMap(({ alsoAnswers }) => alsoAnswers ?? [])];
  return { ...plan, titles: await titlesOf(codes), writable: await isWritable(path) };
}

type EditRequest = Pick<EditOptions, 'set' | 'breakChildren'>;

/** What setting fields would change, byte for byte. Writes nothing. @throws AppError as planEdit. */
export async function planImageEdit(
  { registry, roots }: RepairParts,
  fileId: string,
  request: EditRequest,
): Promise<RepairPlan> {
  const mayOpen = (path: string): boolean => roots.allows(path);
  return planEdit(await registry.pathOf(fileId), { ...request, mayOpen });
}

/** Sets the fields of the plan that was shown, or nothing. @throws AppError as applyEdit. */
export async function applyImageEdit(
  { registry, roots, watcher, undo }: RepairParts,
  fileId: string,
  request: EditRequest,
  stateToken: string,
): Promise<RepairPlan> {
  const path = await registry.pathOf(fileId);
  const mayOpen = (other: string): boolean => roots.allows(other);
  const options = { ...request, mayOpen, historyFolder: await undo.folder() };
  const plan = await watcher.whileChanging(path, () => applyEdit(path, options, stateToken));
  // The change is made and journalled; tidying up old journals must not make it look failed.
  await undo.prune().catch(() => undefined);
  return plan;
}
