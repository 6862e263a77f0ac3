/** The few ways in which items write to an image. All of them leave right checksums behind. */
import { readMetadata, type VhdMetadata } from '../disk/metadata';
import type { LocatedFooter } from '../disk/locate-footers';
import { sealDynamicHeader, sealFooter } from '../format';
import type { RandomAccessFile } from '../io';

/** Footers that may be edited: a failing checksum is never covered up by an edit of something else. */
export function soundFooters({ footer, footerCopy }: VhdMetadata): readonly LocatedFooter[] {
  return [footer, footerCopy].filter(
    (one): one is LocatedFooter => one !== null && one.cookieValid && one.checksum.valid,
  );
}

/** Lets `change` edit the bytes of every sound footer, and seals them. @returns whether there was one. */
export async function editFooters(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  change: (bytes: Uint8Array, footer: LocatedFooter) => void,
): Promise<boolean> {
  const footers = soundFooters(metadata);
  for (const footer of footers) {
    const bytes = Uint8Array.from(footer.bytes);
    change(bytes, footer);
    await file.writeAt(sealFooter(bytes).subarray(0, footer.lengthBytes), footer.offset);
  }
  return footers.length > 0;
}

/** Whether the header may be edited: its cookie and checksum are right. */
export const isHeaderSound = ({ header }: VhdMetadata): boolean =>
  header !== null && header.cookieValid && header.checksum.valid;

/** Lets `change` edit the header's bytes and seals them. */
export async function editHeader(
  file: RandomAccessFile,
  { header }: Pick<VhdMetadata, 'header'>,
  change: (bytes: Uint8Array) => void,
): Promise<void> {
  if (!header) return;
  const bytes = Uint8Array.from(header.bytes);
  change(bytes);
  await file.writeAt(sealDynamicHeader(bytes), header.offset);
}

/** Metadata of the file as it is now, with edits so far. */
export function metadataNow(file: RandomAccessFile): Promise<VhdMetadata> {
  return readMetadata(file);
}
