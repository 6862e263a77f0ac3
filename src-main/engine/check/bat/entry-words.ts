import type { Evidence } from '../../../../src-shared/model/finding';
import { formatCount } from '../../../../src-shared/vhd/format-size';
import type { BatAnalysis, EntryGroup } from '../bat-analysis';

/** `Blocks 3, 7 and 40 others`. */
export function blocksOf({ count, first }: EntryGroup): string {
  const shown = first.slice(0, 3);
  const rest = count - shown.length;
  const list = shown.map(formatCount).join(', ');
  if (count === 1) return `Block ${list}`;
  return rest > 0
    ? `Blocks ${list} and ${formatCount(rest)} ${rest === 1 ? 'other' : 'others'}`
    : `Blocks ${list}`;
}

/** `Block 3 begins`, `Blocks 3 and 7 begin`. */
export const blocksWith = (group: EntryGroup, one: string, many: string): string =>
  `${blocksOf(group)} ${group.count === 1 ? one : many}`;

/** The entries of a group, as far as they are named: index and stored sector. */
export function entryEvidence(bat: BatAnalysis, { first }: EntryGroup): Evidence[] {
  return first.map((index) => ({
    field: `entry${index}`,
    found: `sector ${formatCount(bat.entries.at(index) ?? 0)}`,
    bytes: (bat.entries.at(index) ?? 0).toString(16).padStart(8, '0'),
  }));
}
