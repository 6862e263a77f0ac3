import { AppError } from '../../../src-shared/errors';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { predictLayout, type Layout } from '../../../src-shared/vhd/layout';
import type { SizeRule } from '../../../src-shared/vhd/size-rule';
import { readMetadata } from '../disk/metadata';
import type { OperationContext } from '../disk/virtual-disk';
import { writeEmptyBat } from '../format';
import { type RandomAccessFile } from '../io';
import { openOutput } from './open-output';
import { convertImage, preflightConvert, type ConvertInput } from './convert';
import type { DiskSource } from './disk-source';
import {
  creatorWarnings,
  newFooterBytes,
  newHeaderBytes,
  requireSoundLayout,
  sizeByRule,
  type NewImageIdentity,
} from './new-image';
import { PhaseProgress, throwIfCancelled } from './operation';
import { requirePassed, runPreflight } from './preflight';

const FILL_CHUNK_BYTES = 4 * 1024 * 1024;

export interface CreateInput extends NewImageIdentity {
  readonly path: string;
  /** Children of a parent are made by `snapshot`. */
  readonly type: 'fixed' | 'dynamic';
  /** May be left out with a source: then it is the source's. */
  readonly sizeBytes?: number | undefined;
  /** A disk, usually raw, whose content the new one gets. */
  readonly source?: DiskSource | undefined;
  /** `exact` by default. */
  readonly sizeRule?: SizeRule | undefined;
  /** Dynamic only; 2 MiB by default, else a power of two from 512. */
  readonly blockSizeBytes?: number | undefined;
  /** Fixed only: `sparse` (default) leaves the data a hole where the file system can, `full` writes zeros. */
  readonly allocate?: 'sparse' | 'full' | undefined;
  /** Replace an existing file. */
  readonly replace?: boolean | undefined;
}

/** What `createImage` would do, without writing anything. @throws AppError of kind `usage` or `refused` for what cannot be made. */
export async function preflightCreate(input: CreateInput): Promise<Preflight> {
  if (input.source) return preflightConvert(asConversion(input, input.source));
  const { layout } = planCreate(input);
  return preflightOf(input, layout);
}

/**
 * Makes an image, empty or with a source's content: published whole, flushed and read back, or not at all. An existing
 * file is only replaced on request.
 * @throws AppError `bad-size`, `bad-value`, `size-limit`, `target-exists`, `no-space`, `cancelled` and others of kind `system`.
 */
export async function createImage(
  input: CreateInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  if (input.source) return convertImage(asConversion(input, input.source), context);
  const { layout, warnings } = planCreate(input);
  warnings.push(...requirePassed(await preflightOf(input, layout), input.path));
  const footer = newFooterBytes(input.type, layout.sizeBytes, input);
  throwIfCancelled(context);
  const output = await openOutput(input.path, input.replace, []);
  try {
    if (input.type === 'fixed') await writeFixed(output.file, layout, footer, input.allocate, context);
    else await writeDynamic(output.file, layout, footer);
    await requireReadsBack(output.file, layout);
    throwIfCancelled(context);
    await output.publish();
  } finally {
    await output.discard();
  }
  return {
    path: input.path,
    changed: [
      `Made a ${input.type} disk of ${formatSizeBoth(layout.sizeBytes)} in a file of ${formatSizeBoth(layout.emptyFileBytes)}.`,
    ],
    virtualSizeBytes: layout.sizeBytes,
    fileSizeBeforeBytes: null,
    fileSizeBytes: layout.emptyFileBytes,
    verified: true,
    contentHash: null,
    journal: null,
    warnings,
  };
}

function asConversion({ path: target, type: to, ...rest }: CreateInput, source: DiskSource): ConvertInput {
  return { ...rest, source, target, to };
}

function planCreate(input: CreateInput): { layout: Layout; warnings: string[] } {
  if (input.type === 'dynamic' && input.allocate === 'full')
    throw new AppError(
      'bad-value',
      'Only a fixed disk can be fully allocated; a dynamic disk grows as it is written.',
    );
  if (input.type === 'fixed' && input.blockSizeBytes !== undefined)
    throw new AppError('bad-value', 'A fixed disk has no blocks, so it takes no block size.');
  if (input.sizeBytes === undefined)
    throw new AppError('bad-size', 'A new disk needs a size, or a source that has one.');
  const sizeBytes = sizeByRule(input.sizeBytes, input.sizeRule);
  const { type, blockSizeBytes } = input;
  const layout = predictLayout({ type, sizeBytes, blockSizeBytes });
  const warnings = requireSoundLayout({ type, sizeBytes, blockSizeBytes }, layout.maxTableEntries);
  warnings.push(...creatorWarnings(sizeBytes, input.creatorApplication));
  return { layout, warnings };
}

function preflightOf(input: CreateInput, layout: Layout): Promise<Preflight> {
  const sparse = input.type === 'fixed' && input.allocate !== 'full';
  return runPreflight({
    target: input.path,
    replace: input.replace,
    bytesToWrite: sparse ? layout.emptyFileBytes - layout.sizeBytes : layout.emptyFileBytes,
    predictedFileBytes: layout.emptyFileBytes,
    holeBytes: sparse ? layout.sizeBytes : 0,
  });
}

async function writeFixed(
  file: RandomAccessFile,
  layout: Layout,
  footer: Uint8Array,
  allocate: CreateInput['allocate'],
  context: OperationContext,
): Promise<void> {
  if (allocate === 'full') {
    const zeros = new Uint8Array(FILL_CHUNK_BYTES);
    const progress = new PhaseProgress(context, 'allocate', layout.sizeBytes);
    for (let offset = 0; offset < layout.sizeBytes; offset += FILL_CHUNK_BYTES) {
      const length = Math.min(FILL_CHUNK_BYTES, layout.sizeBytes - offset);
      await file.writeAt(zeros.subarray(0, length), offset);
      progress.advance(length);
    }
  } else {
    await file.setSize(layout.emptyFileBytes);
  }
  await file.writeAt(footer, layout.sizeBytes);
}

async function writeDynamic(file: RandomAccessFile, layout: Layout, footer: Uint8Array): Promise<void> {
  const header = newHeaderBytes(layout.blockSizeBytes ?? 0, layout.maxTableEntries);
  await file.writeAt(footer, 0);
  await file.writeAt(header, layout.headerOffset ?? 0);
  await writeEmptyBat(file, layout.batOffset ?? 0, layout.maxTableEntries);
  await file.writeAt(footer, layout.dataOffset);
}

/** Reads the new image as any reader would. @throws AppError `verify-failed`. */
async function requireReadsBack(file: RandomAccessFile, layout: Layout): Promise<void> {
  const { fileSizeBytes, type, active, footer, footerCopy, header, bat } = await readMetadata(file);
  const sound =
    fileSizeBytes === layout.emptyFileBytes &&
    type === layout.type &&
    active?.fields.currentSizeBytes === layout.sizeBytes &&
    footer?.checksum.valid === true &&
    (type === 'fixed' ||
      (footerCopy?.checksum.valid === true &&
        header?.checksum.valid === true &&
        bat?.entries.length === layout.maxTableEntries));
  if (sound) return;
  throw new AppError(
    'verify-failed',
    `What was written for "${file.path}" does not read back as it was written.`,
  );
}
