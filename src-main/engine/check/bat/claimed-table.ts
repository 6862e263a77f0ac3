import type { CheckContext } from '../context';

export interface TableClash {
  readonly what: string;
  /** Byte offset in the file. */
  readonly at: number;
}

/**
 * What stands in the way of the entries that the header claims beyond those the disk needs; null where they have room,
 * so that they are a table indeed.
 */
export function clashOfSurplusEntries({ metadata: { header }, facts, bat }: CheckContext): TableClash | null {
  if (!header || !facts.bat || facts.neededEntries === null) return null;
  const { maxTableEntries } = header.fields;
  if (maxTableEntries <= facts.neededEntries) return null;
  const { offset } = facts.bat;
  const end = offset + maxTableEntries * 4;
  const inTheWay: TableClash[] = [
    { what: 'the end of the data', at: facts.dataEndOffset },
    { what: 'a block', at: firstBlockFrom(bat, offset) },
    ...facts.metadataAreas
      .filter((area) => area.structure !== 'bat' && area.offset >= offset)
      .map((area) => ({ what: 'another structure', at: area.offset })),
  ];
  return inTheWay.filter(({ at }) => at < end).sort((a, b) => a.at - b.at)[0] ?? null;
}

function firstBlockFrom(bat: CheckContext['bat'], offset: number): number {
  return (bat?.firstSectorFrom(Math.ceil(offset / 512)) ?? Infinity) * 512;
}
