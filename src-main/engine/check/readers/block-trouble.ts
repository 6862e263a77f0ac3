import { counted } from '../words';
import { found, type ReaderInput } from './reader';

/** Block faults that a reader which trusts the BAT turns into wrong content without a word. Null where there are none. */
export function silentBlockFault({ context: { bat } }: ReaderInput): string | null {
  if (!bat) return null;
  const { inMetadata, inFooter, overlapping } = bat;
  const parts: string[] = [];
  if (inMetadata.count > 0)
    parts.push(`${counted(inMetadata.count, 'block is', 'blocks are')} read out of the metadata`);
  if (inFooter.count > 0)
    parts.push(`${counted(inFooter.count, 'block is', 'blocks are')} read out of the footer in part`);
  if (overlapping.count > 0)
    parts.push(
      `${counted(overlapping.count, 'block shares its', 'blocks share their')} bytes with another block`,
    );
  return parts.length === 0 ? null : `${parts.join(', and ')}; nothing warns of it.`;
}

/** What a reader that does not look for the file's end meets there. Null where all that should be is in the file. */
export function endFault(input: ReaderInput): string | null {
  const { bat } = input.context;
  const pastEnd = bat ? bat.outside.count + bat.cutOff.count : 0;
  if (pastEnd > 0)
    return `${counted(pastEnd, 'block lies', 'blocks lie')} behind the end of the file: reading there fails, everything else reads.`;
  return found(input, 'fixed-too-short') ? 'it shows the footer as content; reading the rest fails.' : null;
}
