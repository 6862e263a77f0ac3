import { formatCount } from '../../../../src-shared/vhd/format-size';
import type { ReaderInput } from './reader';

/** Block faults that a reader which trusts the BAT turns into wrong content without a word. Null where there are none. */
export function silentBlockFault({ context: { bat } }: ReaderInput): string | null {
  if (!bat) return null;
  const parts: string[] = [];
  if (bat.inMetadata.count > 0)
    parts.push(`${blocks(bat.inMetadata.count)} ${be(bat.inMetadata.count)} read out of the metadata`);
  if (bat.inFooter.count > 0)
    parts.push(`${blocks(bat.inFooter.count)} ${be(bat.inFooter.count)} read out of the footer in part`);
  if (bat.overlapping.count > 0)
    parts.push(
      `${blocks(bat.overlapping.count)} ${bat.overlapping.count === 1 ? 'shares its' : 'share their'} bytes with another block`,
    );
  return parts.length === 0 ? null : `${parts.join(', and ')}; nothing warns of it.`;
}

/** Blocks that reach behind the end of the file. */
export const blocksPastEnd = ({ context: { bat } }: ReaderInput): number =>
  bat ? bat.outside.count + bat.cutOff.count : 0;

export const blocks = (count: number): string => `${formatCount(count)} ${count === 1 ? 'block' : 'blocks'}`;
export const be = (count: number): string => (count === 1 ? 'is' : 'are');
