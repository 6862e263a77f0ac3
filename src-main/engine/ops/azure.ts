import { AppError } from '../../../src-shared/errors';
import type { OperationResult, Preflight } from '../../../src-shared/model/results';
import {
  azureSizeProblem,
  azureUploadBytes,
  isAzureOsDiskSize,
  nextAzureSize,
} from '../../../src-shared/vhd/azure';
import { MIB_BYTES } from '../../../src-shared/vhd/constants';
import { formatBytes, formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { OperationContext } from '../disk/virtual-disk';
import { convertImage, preflightConvert, type ConvertInput } from './convert';
import { openSource, type DiskSource } from './disk-source';

export interface AzureInput {
  /** A differencing source is taken with its whole chain. */
  readonly source: DiskSource;
  readonly target: string;
  readonly replace?: boolean | undefined;
}

/** What `makeAzureImage` would do. */
export async function preflightAzure(input: AzureInput): Promise<Preflight> {
  return preflightConvert((await planAzure(input)).conversion);
}

/**
 * Makes the image that Azure takes: fixed, a whole number of MiB from 20 MiB to 32 TiB, the footer not counted; with
 * a sentence for everything that differs from the source.
 * @throws AppError `size-limit` above 32 TiB, and those of convertImage.
 */
export async function makeAzureImage(
  input: AzureInput,
  context: OperationContext = {},
): Promise<OperationResult> {
  const { conversion, changed, warnings } = await planAzure(input);
  const result = await convertImage(conversion, context);
  return { ...result, changed: [...changed, ...result.changed], warnings: [...warnings, ...result.warnings] };
}

async function planAzure(
  input: AzureInput,
): Promise<{ conversion: ConvertInput; changed: string[]; warnings: string[] }> {
  const source = await openSource(input.source);
  try {
    const { disk, metadata, chain } = source;
    const sizeBytes = nextAzureSize(disk.sizeBytes);
    if (sizeBytes === null)
      throw new AppError(
        'size-limit',
        azureSizeProblem(disk.sizeBytes)?.message ?? 'The disk is too large for Azure.',
      );
    const changed: string[] = [];
    const from = metadata?.type ?? 'raw';
    if (from === 'differencing') changed.push(`The chain of ${chain.length} images became one.`);
    if (from !== 'fixed') changed.push(`The type was ${from} and is fixed now.`);
    changed.push(
      sizeBytes === disk.sizeBytes
        ? `The virtual size is ${formatCount(sizeBytes / MIB_BYTES)} MiB, as it was.`
        : `The virtual size was ${formatSizeBoth(disk.sizeBytes)} and is ${formatCount(sizeBytes / MIB_BYTES)} MiB now; zeros follow the old end.`,
      `The file is ${formatCount(sizeBytes / MIB_BYTES)} MiB and a footer of 512 bytes: ${formatBytes(azureUploadBytes(sizeBytes))}.`,
    );
    const warnings = isAzureOsDiskSize(sizeBytes)
      ? []
      : ['Azure takes at most 2040 GiB for a system disk; this can only be a data disk.'];
    const { target, replace } = input;
    const conversion: ConvertInput = { source: input.source, target, to: 'fixed', sizeBytes, replace };
    return { conversion, changed, warnings };
  } finally {
    await source.close();
  }
}
