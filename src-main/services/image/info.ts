import fs from 'node:fs/promises';
import { countBySeverity } from '../../../src-shared/model/finding';
import type { ImageInfo } from '../../../src-shared/model';
import { openImageFile, pathsOfFile, quickLook, readMetadata, requireVhd, systemError } from '../../engine';
import { blockFacts, checksumFacts, footerFacts } from './facts';
import { describeParent } from './parent';
import { batmapFacts } from './batmap';

export interface DescribeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Asked before another file than the image is looked for or opened; all are allowed unless given. */
  readonly mayOpen?: ((path: string) => boolean) | undefined;
}

/**
 * Every fact that can be read from an image without reading its blocks (`platter info --json`). Damage gives
 * findings, not failure. Changes nothing and contacts nobody.
 * @throws AppError `not-a-vhd` or `no-metadata` where there is neither footer nor dynamic disk header, and of kind `system`.
 */
export async function describeImage(path: string, options: DescribeOptions = {}): Promise<ImageInfo> {
  const file = await openImageFile(path);
  try {
    const metadata = await readMetadata(file);
    await requireVhd({ file, metadata });
    const look = await quickLook(file, metadata, options);
    const { findings } = look;
    return {
      path,
      format: 'vhd',
      type: metadata.type,
      ...footerFacts(metadata.active),
      fileSizeBytes: metadata.fileSizeBytes,
      diskUsageBytes: await diskUsage(pathsOfFile(file), metadata.fileSizeBytes),
      ...blockFacts(metadata),
      batmap: await batmapFacts(file, metadata),
      checksums: checksumFacts(metadata),
      parent: await describeParent(path, metadata, look, options),
      health: countBySeverity(findings),
      findings,
    };
  } finally {
    await file.close();
  }
}

/** Bytes that an image's files take on their disk, holes not counted; their length where the system does not say. */
async function diskUsage(paths: readonly string[], fileSizeBytes: number): Promise<number> {
  let usageBytes = 0;
  for (const path of paths) {
    const stats = await fs.stat(path).catch((error: unknown) => {
      throw systemError(error, { path, operation: 'read' });
    });
    // COMPAT(Windows): Node gives no count of blocks there.
    if ((stats.blocks as number | undefined) === undefined) return fileSizeBytes;
    usageBytes += stats.blocks * 512;
  }
  return usageBytes;
}
