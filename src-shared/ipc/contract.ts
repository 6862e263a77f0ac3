import * as v from 'valibot';
import type {
  ChainReport,
  CheckReport,
  CompactForecast,
  ContentFacts,
  FileRef,
  FolderListing,
  FolderRef,
  ImageInfo,
  InspectReport,
  JobSnapshot,
  JournalHead,
  JournalSummary,
  LeftoverFile,
  MapView,
  Preflight,
  RecentFile,
  RepairPlan,
  Settings,
  StateRef,
  TargetRef,
  UndoFolderFacts,
  UndoResult,
} from '../model';
import type { MethodName } from './method-names';
import { Operation } from './operation';
import {
  Bytes,
  Choices,
  Codes,
  FileInput,
  Flag,
  Id,
  listOf,
  modelWith,
  Nothing,
  SafeCount,
  ShortText,
  Target,
} from './schema-parts';

/** What the door is and can do. */
export interface AppFacts {
  readonly version: string;
  readonly door: 'desktop' | 'browser';
  readonly platform: string;
  /** Whether the system's own dialogs choose files; else `files.browse` does. */
  readonly nativeDialogs: boolean;
  /** Names and versions to copy into a report. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface ChosenTarget extends TargetRef {
  readonly displayPath: string;
  readonly exists: boolean;
  readonly writable: boolean;
  readonly freeBytes: number | null;
  /** Largest file this place can hold, where it is known and small. */
  readonly maxFileBytes: number | null;
  readonly sparse: boolean | null;
}

/** One block, for the map's zoom and the inspector. */
export interface BlockFacts {
  readonly index: number;
  readonly state: string;
  /** Byte offset of the sector bitmap in the file; null where unallocated or fixed. */
  readonly bitmapOffset: number | null;
  readonly dataOffset: number | null;
  readonly guestOffset: number;
  readonly lengthBytes: number;
  /** The stored sector bitmap; empty where there is none. */
  readonly bitmap: Uint8Array;
}

/** Who owns a stretch of the file, `[offset, offset + length)`. */
export interface OwnerSpan {
  readonly offset: number;
  readonly length: number;
  readonly structure: string;
  readonly field: string | null;
  readonly index: number | null;
  readonly label: string;
  /** Guest offset of the first byte, for block data. */
  readonly guestOffset: number | null;
}

export interface BytesView {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly fileSizeBytes: number;
}

export interface FindResult {
  readonly foundOffset: number | null;
  /** Where the search stopped, to go on from. */
  readonly nextOffset: number;
  readonly done: boolean;
}

export interface ChainView extends ChainReport {
  /** A file id for each image of `images`, in order; null where it may not be opened. */
  readonly files: readonly (FileRef | null)[];
}

export interface OperationPreview {
  readonly preflight: Preflight;
  /** The equivalent command line, with real paths for copying. */
  readonly command: string;
  /** Facts for the review, such as the compact forecast. */
  readonly forecast: CompactForecast | null;
  /** The smallest size a resize could shrink to and what limits it; null for other verbs. */
  readonly resizeMarks: readonly { readonly name: string; readonly sizeBytes: number }[] | null;
  /** Stands for the state of every file that was looked at; `jobs.start` takes it back. */
  readonly reviewToken: string;
}

/** A change on record, with the image it was made to. */
export interface RecordedChange extends JournalHead {
  readonly image: FileRef;
}

export interface ChangeList {
  readonly journals: readonly RecordedChange[];
  /** Number of changes of images that this door may not touch, or that are gone: those are not listed. */
  readonly elsewhere: number;
}

/** Whether a change can be undone now, and if not, why. */
export type ChangeOutlook = Pick<JournalSummary, 'state' | 'usable' | 'reason' | 'waits' | 'children'>;

export interface PracticeDisk {
  readonly file: FileRef;
  /** What was broken, in plain words. */
  readonly defect: string;
}

export type MethodKind = 'query' | 'command';

export interface MethodSpec {
  /** A query changes nothing. */
  readonly kind: MethodKind;
  readonly input: v.GenericSchema;
  readonly output: v.GenericSchema;
}

const query = <I extends v.GenericSchema, O extends v.GenericSchema>(input: I, output: O) =>
  ({ kind: 'query', input, output }) as const;
const command = <I extends v.GenericSchema, O extends v.GenericSchema>(input: I, output: O) =>
  ({ kind: 'command', input, output }) as const;

const Structure = v.picklist([
  'footer',
  'footerCopy',
  'dynamicHeader',
  'bat',
  'sectorBitmap',
  'parentLocator',
]);
const Levels = { deep: Flag, chain: Flag } as const;
const plan = modelWith<RepairPlan>('plan', 'predictedVerdict', 'stateToken');
const files = listOf<FileRef>('id', 'name', 'displayPath');
const EditSet = v.record(v.pipe(v.string(), v.maxLength(64)), ShortText);

/** THE map: every method any door's page may call, with what goes in and what comes out. */
export const contract = {
  'app.describe': query(Nothing, modelWith<AppFacts>('version', 'door', 'nativeDialogs')),
  'settings.get': query(Nothing, modelWith<Settings>('version', 'theme')),
  'settings.set': command(
    v.partial(
      v.object({
        theme: v.picklist(['system', 'light', 'dark']),
        units: v.picklist(['binary', 'decimal']),
        defaultBlockSizeBytes: SafeCount,
        defaultCreator: v.pipe(v.string(), v.maxLength(4)),
        verify: v.picklist(['content', 'none']),
        undoQuotaBytes: SafeCount,
      }),
    ),
    modelWith<Settings>('version', 'theme'),
  ),

  /** Desktop only: the system's own dialogs. */
  'files.openDialog': command(
    v.object({ purpose: v.picklist(['image', 'parent', 'raw', 'any']), multiple: Flag }),
    v.object({ files }),
  ),
  'files.folderDialog': command(
    Nothing,
    v.object({ folder: v.nullable(modelWith<FolderRef>('id', 'name')) }),
  ),
  'files.saveDialog': command(
    v.object({ suggestedName: v.pipe(v.string(), v.maxLength(255)) }),
    v.object({ target: v.nullable(modelWith<ChosenTarget>('folderId', 'name')) }),
  ),
  /** Lists a folder inside the roots; null: the first root. A file entry's id is a file id. */
  'files.browse': query(
    v.object({ folderId: v.nullable(Id) }),
    modelWith<FolderListing>('folder', 'entries'),
  ),
  /** Where a new file is proposed: beside a file where that folder may be written, else the door's own folder. */
  'files.defaultFolder': query(v.object({ beside: v.optional(Id) }), modelWith<FolderRef>('id', 'name')),
  'files.describe': query(FileInput, modelWith<FileRef>('id', 'name', 'displayPath')),
  'files.describeTarget': query(v.object({ target: Target }), modelWith<ChosenTarget>('folderId', 'name')),
  /** Files given on the command line before the page was there. */
  'files.startup': query(Nothing, v.object({ files })),
  'files.recent': query(Nothing, v.object({ files: listOf<RecentFile>('id', 'name', 'missing') })),
  'files.forgetRecent': command(FileInput, Nothing),
  'files.close': command(FileInput, Nothing),
  /** Desktop only: shows the file in the system's file manager. */
  'files.reveal': command(FileInput, Nothing),
  /** Writes a report or an export the page made; never over an existing file. */
  'files.saveText': command(
    v.object({ target: Target, text: v.pipe(v.string(), v.maxLength(64 * 1024 * 1024)) }),
    modelWith<FileRef>('id', 'name', 'displayPath'),
  ),

  'image.info': query(FileInput, modelWith<ImageInfo>('path', 'type', 'findings', 'health')),
  'image.check': query(
    v.object({ fileId: Id, ...Levels }),
    modelWith<CheckReport>('verdict', 'findings', 'readers'),
  ),
  'image.report': query(
    v.object({ fileId: Id, format: v.picklist(['md', 'html', 'json']), ...Levels }),
    v.object({ suggestedName: v.string(), text: v.string() }),
  ),
  'image.map': query(
    v.object({ fileId: Id, depth: v.picklist(['bat', 'bitmaps']) }),
    modelWith<MapView>('states', 'blockCount', 'areas'),
  ),
  'image.block': query(
    v.object({ fileId: Id, blockIndex: SafeCount }),
    modelWith<BlockFacts>('index', 'bitmap'),
  ),
  'image.inspect': query(
    v.object({ fileId: Id, structure: v.optional(Structure), index: v.optional(SafeCount) }),
    modelWith<InspectReport>('structures'),
  ),
  /** Of the file; with `guest` of the disk that a guest sees, whose length `fileSizeBytes` then is. */
  'image.bytes': query(
    v.object({
      fileId: Id,
      offset: SafeCount,
      length: v.pipe(SafeCount, v.maxValue(64 * 1024)),
      guest: Flag,
    }),
    v.object({ offset: SafeCount, bytes: Bytes, fileSizeBytes: SafeCount }),
  ),
  'image.owners': query(
    v.object({ fileId: Id, offset: SafeCount, length: v.pipe(SafeCount, v.maxValue(64 * 1024)) }),
    v.object({ spans: listOf<OwnerSpan>('offset', 'length', 'structure', 'label') }),
  ),
  /** Searches at most a bounded stretch a call; go on from `nextOffset`. */
  'image.find': query(
    v.object({
      fileId: Id,
      /** Hex digits, two a byte. */
      patternHex: v.pipe(v.string(), v.minLength(2), v.maxLength(512), v.regex(/^(?:[0-9a-f]{2})+$/i)),
      fromOffset: SafeCount,
      backwards: Flag,
    }),
    modelWith<FindResult>('foundOffset', 'nextOffset', 'done'),
  ),
  /**
   * The states of an image before each change on record, newest first. Their ids go wherever an image is looked at:
   * map, inspect, bytes, owners, find, difference, and both sides of a compare.
   */
  'image.states': query(
    FileInput,
    v.object({ states: listOf<StateRef>('id', 'name', 'createdAt', 'reason') }),
  ),
  /** The next place at which two files, or with `guest` the disks in them, differ; bounded as `image.find` is. */
  'image.difference': query(
    v.object({ fileId: Id, otherId: Id, fromOffset: SafeCount, backwards: Flag, guest: Flag }),
    modelWith<FindResult>('foundOffset', 'nextOffset', 'done'),
  ),
  'image.content': query(FileInput, modelWith<ContentFacts>('partitionTable', 'partitions')),
  'image.chain': query(FileInput, modelWith<ChainView>('images', 'files')),
  'image.attachCommand': query(
    v.object({ fileId: Id, system: v.picklist(['windows', 'linux', 'macos']) }),
    v.object({
      commands: v.array(v.object({ title: v.string(), command: v.string() })),
      notes: v.array(v.string()),
    }),
  ),
  'folder.chain': query(v.object({ folderId: Id, recursive: Flag }), modelWith<ChainView>('images', 'files')),

  'operation.preflight': query(
    v.object({ operation: Operation }),
    modelWith<OperationPreview>('preflight', 'command', 'reviewToken'),
  ),
  /** The job `repair` carries it out. */
  'repair.plan': query(
    v.object({ fileId: Id, only: v.optional(Codes), choose: v.optional(Choices), deep: Flag }),
    plan,
  ),
  'edit.plan': query(v.object({ fileId: Id, set: EditSet, breakChildren: Flag }), plan),
  'edit.apply': command(
    v.object({ fileId: Id, stateToken: ShortText, set: EditSet, breakChildren: Flag }),
    plan,
  ),
  'undo.list': query(Nothing, modelWith<ChangeList>('journals', 'elsewhere')),
  /** Reads all that a change wrote, which takes its time: for one row of the list after the other. */
  'undo.look': query(v.object({ journalId: Id }), modelWith<ChangeOutlook>('state', 'usable', 'reason')),
  'undo.apply': command(
    v.object({ journalId: Id, breakChildren: Flag }),
    modelWith<UndoResult>('imagePath', 'restoredBytes'),
  ),
  /** The change of an image that was begun and not settled; the job `undo` rolls it back or finishes it. */
  'undo.pending': query(
    FileInput,
    v.object({ change: v.nullable(modelWith<JournalSummary>('id', 'imagePath', 'state')) }),
  ),
  'undo.remove': command(v.object({ journalId: Id }), Nothing),
  'undo.folder': query(Nothing, modelWith<UndoFolderFacts>('path', 'missing', 'isDefault')),
  /** Null: Platter's own folder again. */
  'undo.chooseFolder': command(
    v.object({ folderId: v.nullable(Id) }),
    modelWith<UndoFolderFacts>('path', 'missing', 'isDefault'),
  ),

  /** With the token of a review the job is refused (`file-changed`) where a file is no longer as that showed it. */
  'jobs.start': command(
    v.object({ operation: Operation, reviewToken: v.optional(Id) }),
    v.object({ jobId: Id }),
  ),
  'jobs.list': query(Nothing, v.object({ jobs: listOf<JobSnapshot>('id', 'verb', 'state') })),
  'jobs.cancel': command(v.object({ jobId: Id }), Nothing),
  'jobs.pause': command(v.object({ jobId: Id }), Nothing),
  'jobs.resume': command(v.object({ jobId: Id }), Nothing),
  'jobs.dismiss': command(v.object({ jobId: Id }), Nothing),
  /** Unfinished files of runs that were killed, as far as this door may go. */
  'leftovers.list': query(Nothing, v.object({ leftovers: listOf<LeftoverFile>('id', 'displayPath') })),
  /** Removes them or lets them be; what was answered is not offered again. */
  'leftovers.settle': command(
    v.object({ ids: v.pipe(v.array(Id), v.maxLength(10_000)), remove: v.boolean() }),
    v.object({ removed: SafeCount }),
  ),

  /** Rows arrive as `sweep.rows` events. */
  'sweep.start': command(v.object({ folderId: Id, recursive: Flag }), v.object({ sweepId: Id })),
  'sweep.cancel': command(v.object({ sweepId: Id }), Nothing),
  /** A small disk with a defect, to repair safely. */
  'practice.create': command(
    v.object({
      defect: v.optional(v.picklist(['footer-checksum', 'footer-missing', 'header-checksum', 'overlap'])),
    }),
    modelWith<PracticeDisk>('file', 'defect'),
  ),
} satisfies Record<MethodName, MethodSpec>;

export type Contract = typeof contract;
export type Input<M extends MethodName> = v.InferInput<Contract[M]['input']>;
/** What main works with: the input after validation. */
export type ValidInput<M extends MethodName> = v.InferOutput<Contract[M]['input']>;
export type Output<M extends MethodName> = v.InferOutput<Contract[M]['output']>;
