export type { BackupRequest } from './backup';
export { BeforeState, listBeforeStates } from './before-state';
export type { BeforeStateSource } from './before-state';
export { applyRepair, finishRepair, planRepair } from './plan';
export type { PlanOptions } from './plan';
export type { RepairRequest } from './build-plan';
export { JournaledFile } from './journaled-file';
export { JOURNAL_SUFFIX } from './journal-names';
export { historyFolder } from './journal-store';
export type { HistoryOptions } from './journal-store';
export { beginMergeMark, endMergeMark, mergeCancelledError, resumedMerge } from './merge-mark';
export type { MergeMark } from './merge-mark';
export {
  mergeUnderWayOf,
  requireNoPendingJournal,
  requireNotBeingMerged,
  requireNotHalfChanged,
} from './merge-under-way';
export { deleteJournal, historySizeBytes, listJournals, pendingChange, pruneHistory } from './history';
export { pendingJournal } from './pending-journal';
export { undoImage } from './undo';
