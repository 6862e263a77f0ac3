export { applyRepair, finishRepair, planRepair } from './plan';
export type { ApplyOptions, PlanOptions } from './plan';
export type { RepairRequest } from './build-plan';
export { JournaledFile } from './journaled-file';
export type { JournaledChange, SettleOptions } from './journaled-file';
export { historyFolder, JOURNAL_SUFFIX } from './journal-store';
export type { HistoryOptions } from './journal-store';
export {
  deleteJournal,
  historySizeBytes,
  listJournals,
  pendingJournal,
  pruneHistory,
  requireNoPendingJournal,
  undoImage,
} from './undo';
export type { UndoOptions } from './undo';
