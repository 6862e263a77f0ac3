import { AppError } from '../../../src-shared/errors';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import { DEFAULT_BLOCK_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { predictLayout, roundUpToSector, type Layout } from '../../../src-shared/vhd/layout';
import type { SizeRule } from '../../../src-shared/vhd/size-rule';
import type { OpenedDisk } from '../chain';
import { Damage, openImage, openRaw, readMetadata } from '../disk';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { type RandomAccessFile } from '../io';
import { openOutput, pathsOf } from './open-output';
import { compareDisks } from './compare-disks';
import { FlatSink, FullSink, StreamSink, type ByteWriter, type ContentSink } from './content-sink';
import { readingFrom } from './changed-meanwhile';
import { copyContent } from './copy-content';
import { insideRoots, openSource, requireSourceUnchanged, type DiskSource } from './disk-source';
import { DynamicSink } from './dynamic-sink';
import { forecastData, type DataForecast } from './forecast-data';
import { gptAtEndItems } from './gpt-at-end';
import {
  creatorWarnings,
  newFooterBytes,
  newHeaderBytes,
  requireSoundLayout,
  sizeByRule,
  type NewImageIdentity,
} from './new-image';
import { throwIfCancelled } from './operation';
import { requirePassed, runPreflight } from './preflight';
import { readingWarnings } from './preflight-source';
import { unclaimedItems } from './unclaimed';

export type ConvertTarget = 'fixed' | 'dynamic' | 'raw';

export interface ConvertInput extends NewImageIdentity {
  /** A differencing source is read with its whole chain. */
  readonly source: DiskSource;
  readonly target: string;
  readonly to: ConvertTarget;
  /** Dynamic only; that of a source with blocks by default, else 2 MiB. */
  readonly blockSizeBytes?: number | undefined;
  /** At least the source's size, which is the default; zeros make up the rest. */
  readonly sizeBytes?: number | undefined;
  /** Fixed only: `full` writes zeros, too; `sparse` (default) leaves them holes where the file system can. */
  readonly allocate?: 'sparse' | 'full' | undefined;
  /** `exact` by default; the others may make the target longer, by zeros. */
  readonly sizeRule?: SizeRule | undefined;
  /** `content` (default): what was written is read back and compared with the source before it gets its name. */
  readonly verify?: 'content' | 'none' | undefined;
  readonly replace?: boolean | undefined;
  /** The source is a file of this run, which holds its lock: that is nobody in the way. */
  readonly isOwnSource?: boolean | undefined;
}

/** What a conversion comes to, before it is done. */
interface ConvertPlan {
  readonly sizeBytes: number;
  /** Null for a raw target. */
  readonly layout: Layout | null;
  readonly warnings: readonly string[];
}

/** What `convertImage` would do; reads metadata only. */
export async function preflightConvert(input: ConvertInput): Promise<Preflight> {
  const source = await openSource(input.source);
  try {
    return await preflightOf(input, planConvert(input, source), source);
  } finally {
    await source.close();
  }
}

/**
 * Copies guest content into a new image, zeros left out, flushed, and verified unless told not to. The target appears
 * whole or not at all; the source is only read.
 * @throws AppError of opening the source; `target-exists`, `no-space`, `size-limit`, `verify-failed`, `file-changed`, `cancelled`.
 */
export async function convertImage(
  input: ConvertInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  const source = await openSource(input.source);
  try {
    return await readingFrom([source], () => convertDisk(source, input, context));
  } finally {
    await source.close();
  }
}

/** Guest content as a stream of raw bytes, for standard output. */
export async function convertToStream(
  input: DiskSource,
  write: ByteWriter,
  context: OperationContext = {},
): Promise<{ readonly bytes: number; readonly warnings: readonly string[] }> {
  const source = await openSource(input);
  try {
    const warnings = await readingWarnings(source.chain, insideRoots(input.roots));
    const sink = new StreamSink(write, source.disk.sizeBytes, context);
    await readingFrom([source], () => copyContent(source.disk, sink, context));
    await requireSourceUnchanged(source);
    return { bytes: source.disk.sizeBytes, warnings };
  } finally {
    await source.close();
  }
}

async function convertDisk(
  source: OpenedDisk,
  input: ConvertInput,
  context: OperationContext,
): Promise<OperationResult> {
  const plan = planConvert(input, source);
  const preflight = await preflightOf(input, plan, source);
  const warnings = [...plan.warnings, ...requirePassed(preflight, input.target)];
  throwIfCancelled(context);
  const output = await openOutput(input.target, input.replace, pathsOf(source), {
    hasHoles: input.to === 'raw',
  });
  try {
    await copyContent(source.disk, sinkFor(output.file, input, plan, context), context);
    const isVerified = input.verify !== 'none';
    // The disk is busy with the flush while the page cache answers the verification.
    const outcomes = await Promise.allSettled([
      output.file.flush(),
      isVerified ? verifyTarget(output.file, source.disk, input, plan, context) : Promise.resolve(),
    ]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    await requireSourceUnchanged(source);
    throwIfCancelled(context);
    const fileSizeBytes = await output.file.size();
    await output.publish();
    const what = input.to === 'raw' ? 'raw disk' : `${input.to} disk`;
    return {
      path: input.target,
      changed: [
        `Made a ${what} of ${formatSizeBoth(plan.sizeBytes)} in a file of ${formatSizeBoth(fileSizeBytes)}.`,
      ],
      virtualSizeBytes: plan.sizeBytes,
      fileSizeBeforeBytes: null,
      fileSizeBytes,
      verified: isVerified,
      contentHash: null,
      journal: null,
      warnings,
    };
  } finally {
    await output.discard();
  }
}

function planConvert(input: ConvertInput, source: OpenedDisk): ConvertPlan {
  const { disk } = source;
  const isRaw = input.to === 'raw';
  if (input.to !== 'dynamic' && input.blockSizeBytes !== undefined)
    throw new AppError('bad-value', 'Only a dynamic target has blocks.');
  if (input.to !== 'fixed' && input.allocate === 'full')
    throw new AppError('bad-value', 'Only a fixed disk can be fully allocated.');
  const leastBytes = isRaw ? disk.sizeBytes : roundUpToSector(disk.sizeBytes);
  const wholeBytes = input.sizeBytes ?? leastBytes;
  if (wholeBytes < leastBytes) {
    const message = `The source has ${formatSizeBoth(disk.sizeBytes)}; ${formatSizeBoth(wholeBytes)} would cut it off.`;
    throw new AppError('data-beyond-end', message);
  }
  const sizeBytes = sizeByRule(wholeBytes, input.sizeRule);
  const warnings: string[] = [];
  if (leastBytes !== disk.sizeBytes)
    warnings.push(
      `The source has ${disk.sizeBytes} bytes, no whole number of sectors; zeros fill the last one.`,
    );
  if (sizeBytes !== wholeBytes)
    warnings.push(
      `The size rule "${input.sizeRule ?? 'exact'}" makes the disk ${formatSizeBoth(sizeBytes)} long.`,
    );
  if (input.to === 'raw') return { sizeBytes, layout: null, warnings };
  const blockSizeBytes =
    input.to === 'dynamic'
      ? (input.blockSizeBytes ?? disk.blockSizeBytes ?? DEFAULT_BLOCK_SIZE_BYTES)
      : undefined;
  const request = { type: input.to, sizeBytes, blockSizeBytes };
  const layout = predictLayout(request);
  warnings.push(...requireSoundLayout(request, layout.maxTableEntries));
  warnings.push(...creatorWarnings(sizeBytes, input.creatorApplication));
  return { sizeBytes, layout, warnings };
}

async function preflightOf(input: ConvertInput, plan: ConvertPlan, opened: OpenedDisk): Promise<Preflight> {
  const { disk, chain } = opened;
  const forecast: DataForecast = await forecastData(disk, plan.layout?.blockSizeBytes ?? null);
  const { layout } = plan;
  const predictedFileBytes =
    layout === null
      ? plan.sizeBytes
      : layout.blockSizeBytes === null
        ? layout.fullFileBytes
        : layout.emptyFileBytes + forecast.touchedBlocks * layout.blockStrideBytes;
  const isSparse = (layout === null || layout.blockSizeBytes === null) && input.allocate !== 'full';
  return runPreflight({
    target: input.target,
    replace: input.replace,
    bytesToWrite: isSparse ? forecast.dataBytes : predictedFileBytes,
    predictedFileBytes,
    holeBytes: isSparse ? predictedFileBytes - forecast.dataBytes : 0,
    isRaw: input.to === 'raw',
    reads: input.isOwnSource ? [] : chain,
    more: [...(await unclaimedItems(opened, 'leftBehind')), ...(await gptAtEndItems(disk, plan.sizeBytes))],
  });
}

function sinkFor(
  file: RandomAccessFile,
  input: ConvertInput,
  { sizeBytes, layout }: ConvertPlan,
  context: OperationContext,
): ContentSink {
  if (input.to === 'raw') return new FlatSink(file, sizeBytes, null);
  const footer = newFooterBytes(input.to, sizeBytes, input);
  if (input.allocate === 'full') return new FullSink(file, sizeBytes, footer, context);
  if (layout?.blockSizeBytes == null) return new FlatSink(file, sizeBytes, footer);
  const header = newHeaderBytes(layout.blockSizeBytes, layout.maxTableEntries);
  return new DynamicSink(file, { sizeBytes, blockSizeBytes: layout.blockSizeBytes, footer, header });
}

/** Reads the written file as any reader would and compares all of it. @throws AppError `verify-failed`. */
async function verifyTarget(
  file: RandomAccessFile,
  source: VirtualDisk,
  input: ConvertInput,
  plan: ConvertPlan,
  context: OperationContext,
): Promise<void> {
  const disk =
    input.to === 'raw'
      ? await openRaw(file)
      : openImage(file, await readMetadata(file), new Damage(file.path, false), null);
  const result = await compareDisks(source, disk, { stopAtFirst: true, phase: 'verify' }, context);
  if (result.identical && disk.sizeBytes === plan.sizeBytes) return;
  const where = result.firstDifferenceOffset === null ? '' : ` from byte ${result.firstDifferenceOffset} on`;
  throw new AppError(
    'verify-failed',
    `What was written for "${input.target}" differs from the source${where}.`,
    {
      data: { firstDifferenceOffset: result.firstDifferenceOffset, sizeBytes: disk.sizeBytes },
    },
  );
}
