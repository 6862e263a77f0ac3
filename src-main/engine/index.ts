/** The engine's only door: what the outside may use. One line an export group, in the order of the layers. */
export {
  identityOfFile,
  identityOfPath,
  isSameFile,
  isSameState,
  NodeFile,
  OutputFile,
  pathsOfFile,
  systemError,
} from './io';
export type { FileIdentity, RandomAccessFile } from './io';
export { isHeld } from './io/lock';
export { targetOfPartial } from './io/partial-name';
export { volumeFacts } from './io/free-space';
export { makeFolder } from './io/make-folder';
export { isFolder, isWritable } from './io/path-state';
export { fitThreadPool } from './io/thread-pool';
export { probeFormat } from './disk/probe';
export { batSizeBytes, countSetSectors, isAllocated, type BatEntries } from './format';
export { readMetadata } from './disk/metadata';
export type { VhdMetadata } from './disk/metadata';
export type { LocatedFooter } from './disk/locate-footers';
export type { ExtentState, OperationContext, VirtualDisk } from './disk/virtual-disk';
export { isAllZero } from './disk/zeros';
export {
  chainReport,
  openDisk,
  openDiskFromFile,
  openForWritingDisk,
  openImageFile,
  readLocators,
  resolveParent,
  toLocatorFacts,
} from './chain';
export type { OpenDiskOptions, OpenedDisk, ParentResolution } from './chain';
export { readContent } from './content/read-content';
export {
  ByteOwners,
  checkImage,
  inspectImage,
  interruptedWarnings,
  loadCatalogue,
  quickFindings,
  quickLook,
  readBatmap,
  renderReport,
  reportFormatOf,
  requireVhd,
} from './check';
export type {
  CheckOptions,
  InspectableStructure,
  InspectOptions,
  ReportedImage,
  ReportFormat,
  RuleFacts,
  QuickLook,
} from './check';
export {
  applyRepair,
  BeforeState,
  deleteJournal,
  finishRepair,
  historyFolder,
  historySizeBytes,
  JOURNAL_SUFFIX,
  listBeforeStates,
  listJournals,
  pendingChange,
  pendingJournal,
  planRepair,
  pruneHistory,
  undoImage,
} from './repair';
export { summarizeJournal } from './repair/history';
export { listJournalHeads } from './repair/journal-heads';
export type { BackupRequest, BeforeStateSource, HistoryOptions, PlanOptions, RepairRequest } from './repair';
export { runPreflight } from './ops/preflight';
export { doubtsOf, readingWarnings } from './ops/preflight-source';
export { readingFrom } from './ops/changed-meanwhile';
export { quotePosix } from './ops/shell-word';
export { createImage, preflightCreate } from './ops/create';
export type { CreateInput } from './ops/create';
export { applyEdit, planEdit } from './ops/edit';
export type { EditOptions } from './ops/edit';
export { EDIT_FIELDS } from './ops/edit-fields';
export { rescueImage } from './ops/rescue';
export type { RescueResult } from './ops/rescue';
export { hashDisk } from './ops/hash';
export { makeAzureImage, preflightAzure } from './ops/azure';
export type { AzureInput } from './ops/azure';
export { compareImages } from './ops/compare';
export type { CompareInput } from './ops/compare';
export { convertImage, convertToStream, preflightConvert } from './ops/convert';
export type { ConvertInput, ConvertTarget } from './ops/convert';
export type { DiskSource } from './ops/disk-source';
export { convertFromStream } from './ops/convert-stream';
export { preflightResize, resizeImage } from './ops/resize';
export type { ResizeInput } from './ops/resize';
export { mapBlocks, mapBlockSizeBytes } from './ops/map';
export { mapAsQemu } from './ops/map-qemu';
export { viewMap } from './ops/map-view';
export { mergeImage, preflightMerge } from './ops/merge';
export type { MergeInput } from './ops/merge-plan';
export { attachCommands, attachWarnings } from './ops/attach-command';
export type { AttachCommand, AttachSystem } from './ops/attach-command';
export { openOutput, pathsOf } from './ops/open-output';
export { readGuest } from './ops/read';
export { relinkImage } from './ops/relink';
export type { RelinkInput } from './ops/relink';
export { preflightSnapshot, snapshotImage } from './ops/snapshot';
export type { SnapshotInput } from './ops/snapshot';
export { writeGuest } from './ops/write';
export { compactImage, estimateCompact, preflightCompact } from './ops/compact';
export type { CompactInput } from './ops/compact';
export { insideRoots, openSource } from './ops/disk-source';
export { extractRange, preflightExtract } from './ops/extract';
export type { ExtractInput } from './ops/extract';
export { hashImage } from './ops/hash-source';
export type { HashInput } from './ops/hash-source';
