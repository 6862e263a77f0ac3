import * as v from 'valibot';
import { Choices, Codes, FileName, Flag, Id, SafeCount, ShortText, Target } from './schema-parts';

const SizeRule = v.optional(v.picklist(['exact', 'chs', 'mib', 'universal']));
const Verify = v.optional(v.picklist(['content', 'none']));
const Creator = v.optional(v.pipe(v.string(), v.maxLength(4)));

/**
 * An operation as a door asks for it: a verb of CLI.md with its options, files as ids, new files as folder id and
 * name. `operation.preflight` looks at it, `jobs.start` runs it.
 */
export const Operation = v.variant('verb', [
  v.object({
    verb: v.literal('create'),
    target: Target,
    type: v.picklist(['fixed', 'dynamic']),
    /** Bytes; with `sourceId` it may be left out. */
    sizeBytes: v.optional(SafeCount),
    blockSizeBytes: v.optional(SafeCount),
    sizeRule: SizeRule,
    sourceId: v.optional(Id),
    allocate: v.optional(v.picklist(['sparse', 'full'])),
    creator: Creator,
    uniqueId: v.optional(v.pipe(v.string(), v.maxLength(40))),
    replace: Flag,
  }),
  v.object({
    verb: v.literal('snapshot'),
    fileId: Id,
    target: Target,
    blockSizeBytes: v.optional(SafeCount),
  }),
  v.object({
    verb: v.literal('convert'),
    fileId: Id,
    from: v.optional(v.picklist(['vhd', 'raw'])),
    target: Target,
    to: v.picklist(['fixed', 'dynamic', 'raw']),
    blockSizeBytes: v.optional(SafeCount),
    sizeRule: SizeRule,
    creator: Creator,
    verify: Verify,
    replace: Flag,
  }),
  v.object({
    verb: v.literal('resize'),
    fileId: Id,
    sizeBytes: SafeCount,
    shrink: Flag,
    breakChildren: Flag,
    verify: Verify,
  }),
  v.object({
    verb: v.literal('compact'),
    fileId: Id,
    target: v.optional(Target),
    estimate: Flag,
    /** Puts the data of every block on a multiple of 4 KiB. */
    realign: Flag,
    /** In place: blocks that the BAT has lost may go. */
    dropUnclaimed: Flag,
    replace: Flag,
  }),
  v.object({
    verb: v.literal('merge'),
    fileId: Id,
    /** Absent: into the parent. */
    target: v.optional(Target),
    downToId: v.optional(Id),
    deleteChild: Flag,
    breakChildren: Flag,
    replace: Flag,
  }),
  v.object({
    verb: v.literal('relink'),
    fileId: Id,
    parentId: v.optional(Id),
    searchFolderId: v.optional(Id),
    acceptMismatch: Flag,
  }),
  v.object({ verb: v.literal('azure'), fileId: Id, target: Target, replace: Flag }),
  v.object({ verb: v.literal('rescue'), fileId: Id, target: Target, replace: Flag }),
  v.object({
    verb: v.literal('compare'),
    fileId: Id,
    otherId: Id,
    strict: Flag,
    /** Also tell which blocks of this size differ. */
    blockSizeBytes: v.optional(v.pipe(SafeCount, v.minValue(512))),
  }),
  v.object({ verb: v.literal('hash'), fileId: Id, algorithm: v.optional(ShortText), perBlock: Flag }),
  v.object({ verb: v.literal('check'), fileId: Id, deep: v.boolean(), chain: v.boolean() }),
  v.object({
    verb: v.literal('repair'),
    fileId: Id,
    /** Of the plan that was shown. */
    stateToken: ShortText,
    only: v.optional(Codes),
    choose: v.optional(Choices),
    deep: Flag,
    breakChildren: Flag,
    /** A copy to make first, into `target`. */
    backup: v.optional(v.picklist(['metadata', 'copy'])),
    target: v.optional(Target),
  }),
  /** What was interrupted in the middle: rolled back, and with `finish` done anew. */
  v.object({ verb: v.literal('undo'), fileId: Id, finish: v.boolean() }),
  v.object({
    verb: v.literal('extract'),
    fileId: Id,
    target: v.object({ folderId: Id, name: FileName }),
    offset: SafeCount,
    length: SafeCount,
    replace: Flag,
  }),
]);

export type OperationSpec = v.InferOutput<typeof Operation>;
export type OperationVerb = OperationSpec['verb'];
