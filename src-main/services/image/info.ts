import fs from 'node:fs';
import { AppError } from '../../../src-shared/errors';
import type { Finding, ImageInfo, Severity } from '../../../src-shared/model';
import {
  describeFormat,
  NodeFile,
  probeFormat,
  readMetadata,
  systemError,
  type RandomAccessFile,
  type VhdMetadata,
} from '../../engine';
import { blockFacts, checksumFacts, footerFacts } from './facts';

export interface DescribeOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Every fact that can be read from an image without reading its blocks (`platter info --json`). Damage gives
 * findings, not failure. Changes nothing and contacts nobody.
 * @throws AppError `not-a-vhd` or `no-metadata` where there is neither footer nor dynamic disk header, and of kind `system`.
 */
export async function describeImage(path: string, options: DescribeOptions = {}): Promise<ImageInfo> {
  const file = await NodeFile.open(path, 'read');
  try {
    const metadata = await readMetadata(file);
    await requireMetadata(file, metadata);
    const findings: readonly Finding[] = [];
    return {
      path,
      format: 'vhd',
      type: metadata.type,
      ...footerFacts(metadata.active),
      fileSizeBytes: metadata.fileSizeBytes,
      diskUsageBytes: await diskUsage(file),
      ...blockFacts(metadata),
      batmap: null,
      checksums: checksumFacts(metadata),
      parent: null,
      health: countBySeverity(findings),
      findings,
    };
  } finally {
    await file.close();
  }
}

/** @throws AppError that says what the file is instead. */
async function requireMetadata(file: RandomAccessFile, { active, header }: VhdMetadata): Promise<void> {
  if (active !== null || header !== null) return;
  const format = await probeFormat(file);
  const isUnknown = format === 'unknown' || format === 'vhd';
  throw new AppError(
    isUnknown ? 'no-metadata' : 'not-a-vhd',
    isUnknown
      ? `"${file.path}" has neither a footer nor a dynamic disk header.`
      : `"${file.path}" is ${describeFormat(format)}.`,
    { context: { path: file.path }, data: { format } },
  );
}

/** Bytes the file takes on its disk, holes not counted; its length where the system does not say. */
function diskUsage(file: NodeFile): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.fstat(file.fd, (error, stats) => {
      if (error) reject(systemError(error, { path: file.path, operation: 'read' }));
      // COMPAT(Windows): Node gives no count of blocks there.
      else resolve((stats.blocks as number | undefined) === undefined ? stats.size : stats.blocks * 512);
    });
  });
}

function countBySeverity(findings: readonly Finding[]): ImageInfo['health'] {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { errors: count('error'), warnings: count('warning'), notes: count('note') };
}
