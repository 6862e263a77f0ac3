import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import { formatBytes } from '../../../src-shared/vhd/format-size';
import type { OpenedDisk } from '../chain';
import { requireGuestRange } from '../disk/range';
import type { OperationContext, VirtualDisk } from '../disk/virtual-disk';
import { openOutput, pathsOf } from './open-output';
import { FlatSink } from './content-sink';
import { copyContent } from './copy-content';
import { openSource, requireSourceUnchanged, type DiskSource } from './disk-source';
import { forecastData } from './forecast-data';
import { requirePassed, runPreflight } from './preflight';

export interface ExtractInput {
  readonly source: DiskSource;
  /** The new raw file. */
  readonly target: string;
  /** First guest byte. */
  readonly offset: number;
  /** Guest bytes. */
  readonly length: number;
  readonly replace?: boolean | undefined;
}

/** What `extractRange` would do. @throws AppError as that. */
export async function preflightExtract(input: ExtractInput): Promise<Preflight> {
  const opened = await openSource(input.source);
  try {
    requireGuestRange(opened.disk.sizeBytes, input.offset, input.length);
    return await preflightOf(input, opened, rangeOf(opened.disk, input.offset, input.length));
  } finally {
    await opened.close();
  }
}

/** Copies a range of guest bytes, such as one partition, into a new raw file. @throws AppError `usage` outside the disk. */
export async function extractRange(
  input: ExtractInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  const { target, offset, length } = input;
  const opened = await openSource(input.source);
  try {
    requireGuestRange(opened.disk.sizeBytes, offset, length);
    const part = rangeOf(opened.disk, offset, length);
    const warnings = requirePassed(await preflightOf(input, opened, part), target);
    const output = await openOutput(target, input.replace, pathsOf(opened), { hasHoles: true });
    try {
      const sink = new FlatSink(output.file, length, null);
      await copyContent(part, sink, context);
      await requireSourceUnchanged(opened);
      await output.publish();
    } finally {
      await output.discard();
    }
    return {
      path: target,
      changed: [`Copied ${formatBytes(length)} from byte ${offset} of the disk on.`],
      virtualSizeBytes: length,
      fileSizeBeforeBytes: null,
      fileSizeBytes: length,
      verified: false,
      contentHash: null,
      journal: null,
      warnings,
    };
  } finally {
    await opened.close();
  }
}

async function preflightOf(
  { target, replace, length }: ExtractInput,
  { chain }: OpenedDisk,
  part: VirtualDisk,
): Promise<Preflight> {
  const { dataBytes } = await forecastData(part, null);
  return runPreflight({
    target,
    replace,
    bytesToWrite: dataBytes,
    predictedFileBytes: length,
    holeBytes: length - dataBytes,
    isRaw: true,
    reads: chain,
  });
}

/** A stretch of a disk as a disk of its own. */
function rangeOf(disk: VirtualDisk, start: number, sizeBytes: number): VirtualDisk {
  return {
    sizeBytes,
    blockSizeBytes: null,
    readAt: (target, offset) => disk.readAt(target, start + offset),
    async *extents(offset, length) {
      for await (const extent of disk.extents(start + offset, length))
        yield { ...extent, offset: extent.offset - start };
    },
    close: () => disk.close(),
  };
}
