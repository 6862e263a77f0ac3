/** What a merge that was killed leaves at the end of its parent: blocks that the BAT does not name yet. */
import {
  DATA_ALIGNMENT_BYTES,
  FOOTER_SIZE_BYTES,
  SECTOR_SIZE_BYTES,
} from '../../../src-shared/vhd/constants';
import { alignedFrom, roundUpToSector } from '../../../src-shared/vhd/layout';
import { BatAnalysis } from '../check/bat-analysis';
import { gatherFacts } from '../check/image-facts';
import { readMetadata } from '../disk';
import {
  identityOfFile,
  openForWriting,
  type FileIdentity,
  type RandomAccessFile,
  type WriteOpenOptions,
} from '../io';

/** Cuts those blocks off, so that they are not left for good. @returns the state of the file afterwards. */
export async function cutLeftBehind(path: string, options: WriteOpenOptions): Promise<FileIdentity> {
  const file = await openForWriting(path, options);
  try {
    await cutUnreferencedTail(file);
    return await identityOfFile(file);
  } finally {
    await file.close();
  }
}

/**
 * Moves the footer down to the end of what the BAT and the header name. The footer is durable in its new place before
 * the file is cut: until then the old one ends the file, and what lies in between is named by nothing.
 */
export async function cutUnreferencedTail(file: RandomAccessFile): Promise<void> {
  const metadata = await readMetadata(file);
  const { footer, header, bat, fileSizeBytes } = metadata;
  if (footer?.position !== 'end' || !header || !bat || metadata.type === 'fixed') return;
  const facts = await gatherFacts(file, metadata);
  const analysis = new BatAnalysis(metadata, facts);
  const { outside, cutOff, inFooter, inMetadata, overlapping } = analysis;
  // what is damaged is told by opening it, and keeps every byte
  if ([outside, cutOff, inFooter, inMetadata, overlapping].some(({ count }) => count > 0)) return;
  const ends = facts.metadataAreas.map(({ end }) => end);
  const { lastSector } = analysis.placed;
  if (lastSector !== null) ends.push(lastSector * SECTOR_SIZE_BYTES + facts.blockStrideBytes);
  let end = roundUpToSector(Math.max(...ends));
  // where the file's end is aligned, as Windows leaves it, it stays so
  if (fileSizeBytes % DATA_ALIGNMENT_BYTES === 0)
    end = alignedFrom(end, FOOTER_SIZE_BYTES, DATA_ALIGNMENT_BYTES);
  if (end + FOOTER_SIZE_BYTES > footer.offset) return;
  await file.writeAt(footer.bytes, end);
  await file.flush();
  await file.setSize(end + FOOTER_SIZE_BYTES);
  await file.flush();
}
