import { BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { FINDING_PLACES_MAX, type GuestRange, type Place } from '../../../src-shared/model/finding';
import type { VhdMetadata } from '../disk/metadata';
import type { ImageFacts } from './image-facts';

/** What is the matter with one BAT entry. `cutOff`: the block begins in the file and ends behind it. */
export type EntryState =
  'unallocated' | 'sound' | 'outside' | 'cutOff' | 'inFooter' | 'inMetadata' | 'overlapping';

/** A group of entries with the same trouble: how many, and the first of them. */
export interface EntryGroup {
  readonly count: number;
  /** At most FINDING_PLACES_MAX entry indexes, ascending. */
  readonly first: readonly number[];
}

/**
 * The BAT looked at once, over typed arrays: O(n log n) in allocated entries, no object an entry.
 * Millions of entries take milliseconds.
 */
export class BatAnalysis {
  /** Entries of blocks that the disk has, as far as they stand in front of the footer. */
  readonly entries: Uint32Array;
  /** Of those. */
  readonly allocatedCount: number;
  /** Sectors of the allocated blocks that begin inside the file and clear of metadata, ascending; duplicates kept. */
  readonly sorted: Uint32Array;
  readonly outside: EntryGroup;
  readonly cutOff: EntryGroup;
  readonly inFooter: EntryGroup;
  readonly inMetadata: EntryGroup;
  readonly overlapping: EntryGroup;
  /** Allocated entries beyond the last block of the disk. */
  readonly beyondDisk: EntryGroup;
  /** End of the block that ends last, in bytes; 0 where none is allocated. */
  readonly blocksEndOffset: number;
  readonly #facts: ImageFacts;
  readonly #fileSizeBytes: number;
  /** End of the structure that ends last. */
  readonly #metadataEnd: number;
  readonly #overlapSectors: Uint32Array;

  constructor(metadata: VhdMetadata, facts: ImageFacts) {
    this.#facts = facts;
    this.#fileSizeBytes = metadata.fileSizeBytes;
    this.#metadataEnd = facts.metadataAreas.reduce((end, area) => Math.max(end, area.end), 0);
    const all = metadata.bat?.entries ?? new Uint32Array(0);
    const inData = Math.floor((facts.dataEndOffset - (facts.bat?.offset ?? 0)) / 4);
    const wanted = Math.min(all.length, facts.neededEntries ?? all.length, Math.max(0, inData));
    this.entries = all.subarray(0, wanted);
    this.sorted = this.#sortInside();
    this.#overlapSectors = this.#findOverlaps();
    const groups = new GroupBuilder();
    let allocated = 0;
    let last = 0;
    const { entries } = this;
    for (let index = 0; index < entries.length; index += 1) {
      const sector = entries[index];
      if (sector === undefined || sector === BAT_UNUSED) continue;
      allocated += 1;
      if (sector > last) last = sector;
      const state = this.#stateOf(sector);
      if (state !== 'sound') groups.add(state, index);
    }
    const present = Math.min(all.length, inData);
    for (let index = facts.neededEntries ?? all.length; index < present; index += 1) {
      if (all[index] !== BAT_UNUSED) groups.add('beyondDisk', index);
    }
    this.allocatedCount = allocated;
    this.blocksEndOffset = allocated === 0 ? 0 : last * SECTOR_SIZE_BYTES + facts.blockStrideBytes;
    this.outside = groups.get('outside');
    this.cutOff = groups.get('cutOff');
    this.inFooter = groups.get('inFooter');
    this.inMetadata = groups.get('inMetadata');
    this.overlapping = groups.get('overlapping');
    this.beyondDisk = groups.get('beyondDisk');
  }

  /** The worst that is the matter with entry `index`. */
  stateAt(index: number): EntryState {
    const sector = this.entries[index];
    return sector === undefined || sector === BAT_UNUSED ? 'unallocated' : this.#stateOf(sector);
  }

  /** Whether block `index` shares bytes with another, whatever else is the matter with it. */
  isOverlapping(index: number): boolean {
    const sector = this.entries[index];
    return (
      sector !== undefined && this.#overlapSectors.length > 0 && includesSorted(this.#overlapSectors, sector)
    );
  }

  /** Byte offset of the bitmap of block `index`; null where it is not allocated. */
  offsetAt(index: number): number | null {
    const sector = this.entries[index];
    return sector === undefined || sector === BAT_UNUSED ? null : sector * SECTOR_SIZE_BYTES;
  }

  /** Index of the lowest entry with this sector, or null. */
  indexOfSector(sector: number): number | null {
    const index = this.entries.indexOf(sector);
    return index < 0 ? null : index;
  }

  /** Places of the first entries of a group, in the BAT itself. */
  entryPlaces(group: EntryGroup): Place[] {
    const base = this.#facts.bat?.offset ?? 0;
    return group.first.map((index) => ({ structure: 'bat', offset: base + index * 4, length: 4, index }));
  }

  /** Guest bytes of the first entries of a group, neighbours joined, clipped to the disk. */
  guestRanges(group: EntryGroup): GuestRange[] {
    const block = this.#facts.blockSizeBytes ?? 0;
    const size = this.#facts.currentSizeBytes ?? Infinity;
    const ranges: { offset: number; length: number }[] = [];
    for (const index of group.first) {
      const offset = index * block;
      const length = Math.min(block, size - offset);
      if (length <= 0) continue;
      const previous = ranges[ranges.length - 1];
      if (previous && previous.offset + previous.length === offset) previous.length += length;
      else ranges.push({ offset, length });
    }
    return ranges.slice(0, FINDING_PLACES_MAX);
  }

  /** Entries that share bytes with entry `index`, at most FINDING_PLACES_MAX. */
  rivalsOf(index: number): number[] {
    const sector = this.entries[index];
    const stride = this.#facts.blockStrideBytes / SECTOR_SIZE_BYTES;
    const rivals: number[] = [];
    if (sector === undefined || sector === BAT_UNUSED) return rivals;
    for (let other = 0; other < this.entries.length && rivals.length < FINDING_PLACES_MAX; other += 1) {
      const theirs = this.entries[other];
      if (other !== index && theirs !== undefined && theirs !== BAT_UNUSED) {
        if (Math.abs(theirs - sector) < stride) rivals.push(other);
      }
    }
    return rivals;
  }

  #stateOf(sector: number): Exclude<EntryState, 'unallocated'> {
    const offset = sector * SECTOR_SIZE_BYTES;
    const facts = this.#facts;
    const end = offset + facts.blockStrideBytes;
    if (offset >= this.#fileSizeBytes) return 'outside';
    if (this.#isInMetadata(sector)) return 'inMetadata';
    if (end > this.#fileSizeBytes) return 'cutOff';
    if (end > facts.dataEndOffset) return 'inFooter';
    return this.#overlapSectors.length > 0 && includesSorted(this.#overlapSectors, sector)
      ? 'overlapping'
      : 'sound';
  }

  #isInMetadata(sector: number): boolean {
    const offset = sector * SECTOR_SIZE_BYTES;
    // nearly all blocks lie behind everything else
    if (offset >= this.#metadataEnd) return false;
    const end = offset + this.#facts.blockStrideBytes;
    for (const area of this.#facts.metadataAreas) if (area.offset < end && offset < area.end) return true;
    return false;
  }

  #sortInside(): Uint32Array {
    const { entries } = this;
    const limit = Math.ceil(this.#fileSizeBytes / SECTOR_SIZE_BYTES);
    const inside = new Uint32Array(entries.length);
    let count = 0;
    let last = 0;
    let ascending = true;
    for (let index = 0; index < entries.length; index += 1) {
      const sector = entries[index] ?? BAT_UNUSED;
      if (sector >= limit || this.#isInMetadata(sector)) continue;
      if (sector < last) ascending = false;
      last = sector;
      inside[count] = sector;
      count += 1;
    }
    const kept = inside.slice(0, count);
    return ascending ? kept : kept.sort();
  }

  /** Sectors of blocks that share bytes with another block, ascending. */
  #findOverlaps(): Uint32Array {
    const stride = this.#facts.blockStrideBytes / SECTOR_SIZE_BYTES;
    const { sorted } = this;
    let count = 0;
    for (let at = 0; at < sorted.length; at += 1) if (this.#touches(at, stride)) count += 1;
    const found = new Uint32Array(count);
    let position = 0;
    for (let at = 0; at < sorted.length && count > 0; at += 1) {
      if (!this.#touches(at, stride)) continue;
      found[position] = sorted[at] ?? 0;
      position += 1;
    }
    return found;
  }

  #touches(at: number, stride: number): boolean {
    const sector = this.sorted[at] ?? 0;
    const before = at > 0 && sector - (this.sorted[at - 1] ?? 0) < stride;
    return before || (at + 1 < this.sorted.length && (this.sorted[at + 1] ?? 0) - sector < stride);
  }
}

class GroupBuilder {
  readonly #groups = new Map<string, { count: number; first: number[] }>();

  add(name: string, index: number): void {
    const group = this.#groups.get(name) ?? { count: 0, first: [] };
    this.#groups.set(name, group);
    group.count += 1;
    if (group.first.length < FINDING_PLACES_MAX) group.first.push(index);
  }

  get(name: string): EntryGroup {
    return this.#groups.get(name) ?? { count: 0, first: [] };
  }
}

function includesSorted(sorted: Uint32Array, wanted: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle] ?? 0;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
