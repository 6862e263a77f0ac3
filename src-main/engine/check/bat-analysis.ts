import { BAT_UNUSED, DATA_ALIGNMENT_BYTES, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { FINDING_PLACES_MAX, type GuestRange, type Place } from '../../../src-shared/model/finding';
import { FileOrder } from '../disk/file-order';
import { findOverlaps, type BlockSet } from '../disk/find-overlaps';
import type { VhdMetadata } from '../disk/metadata';
import { BatEntries } from '../format';
import type { ImageFacts } from './image-facts';

const ALIGNMENT_SECTORS = DATA_ALIGNMENT_BYTES / SECTOR_SIZE_BYTES;

/** What is the matter with one BAT entry. `cutOff`: the block begins in the file and ends behind it. */
export type EntryState =
  'unallocated' | 'sound' | 'outside' | 'cutOff' | 'inFooter' | 'inMetadata' | 'overlapping';

/** A group of entries with the same trouble: how many, and the first of them. */
export interface EntryGroup {
  readonly count: number;
  /** At most FINDING_PLACES_MAX entry indexes, ascending. */
  readonly first: readonly number[];
}

/** Blocks that begin in the file and clear of metadata, by where they begin. */
export interface PlacedBlocks {
  readonly count: number;
  /** Null where there are none. */
  readonly firstSector: number | null;
  readonly lastSector: number | null;
  /** Blocks whose data lies on a multiple of 4 KiB. */
  readonly alignedCount: number;
}

/**
 * The BAT looked at in passes over typed arrays: no object an entry, and no second array of their number, as a BAT of
 * the largest disk takes half of the memory that a verb may have.
 */
export class BatAnalysis {
  /** Entries of blocks that the disk has, as far as they stand in front of the footer. */
  readonly entries: BatEntries;
  /** Of those. */
  readonly allocatedCount: number;
  readonly placed: PlacedBlocks;
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
  readonly #overlaps: BlockSet | null;

  constructor(metadata: VhdMetadata, facts: ImageFacts) {
    this.#facts = facts;
    this.#fileSizeBytes = metadata.fileSizeBytes;
    this.#metadataEnd = facts.metadataAreas.reduce((end, area) => Math.max(end, area.end), 0);
    const all = metadata.bat?.entries ?? BatEntries.unused(0);
    const inData = Math.floor((facts.dataEndOffset - (facts.bat?.offset ?? 0)) / 4);
    const wanted = Math.min(all.length, facts.neededEntries ?? all.length, Math.max(0, inData));
    this.entries = all.first(wanted);
    this.placed = this.#survey();
    this.#overlaps = findOverlaps(this.entries, facts.blockStrideBytes / SECTOR_SIZE_BYTES, this.isPlaced);
    const groups = new GroupBuilder();
    let allocated = 0;
    let last = 0;
    for (const { first, entries } of this.entries.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if (sector === BAT_UNUSED) continue;
        allocated += 1;
        if (sector > last) last = sector;
        const state = this.#stateOf(sector, first + at);
        if (state !== 'sound') groups.add(state, first + at);
      }
    }
    const present = Math.min(all.length, inData);
    for (const { first, entries } of all.usedParts(facts.neededEntries ?? all.length, present)) {
      for (let at = 0; at < entries.length; at += 1)
        if (entries[at] !== BAT_UNUSED) groups.add('beyondDisk', first + at);
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
    const sector = this.entries.at(index);
    return sector === undefined || sector === BAT_UNUSED ? 'unallocated' : this.#stateOf(sector, index);
  }

  /** Whether block `index` shares bytes with another, whatever else is the matter with it. */
  isOverlapping(index: number): boolean {
    return this.#overlaps?.has(index) === true;
  }

  /** The placed blocks in the order in which they lie in the file; makes it anew. */
  inFileOrder(): FileOrder {
    return new FileOrder(this.entries, this.isPlaced);
  }

  /** The lowest sector from `sector` on at which a placed block begins, or null. */
  firstSectorFrom(sector: number): number | null {
    let found = Infinity;
    for (const { entries } of this.entries.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        const one = entries[at] ?? BAT_UNUSED;
        if (one >= sector && one < found && this.isPlaced(one)) found = one;
      }
    }
    return found === Infinity ? null : found;
  }

  /** Byte offset of the bitmap of block `index`; null where it is not allocated. */
  offsetAt(index: number): number | null {
    const sector = this.entries.at(index);
    return sector === undefined || sector === BAT_UNUSED ? null : sector * SECTOR_SIZE_BYTES;
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
    const sector = this.entries.at(index);
    const stride = this.#facts.blockStrideBytes / SECTOR_SIZE_BYTES;
    const rivals: number[] = [];
    if (sector === undefined || sector === BAT_UNUSED) return rivals;
    this.entries.someUsed((theirs, other) => {
      if (other !== index && Math.abs(theirs - sector) < stride) rivals.push(other);
      return rivals.length >= FINDING_PLACES_MAX;
    });
    return rivals;
  }

  #stateOf(sector: number, index: number): Exclude<EntryState, 'unallocated'> {
    const offset = sector * SECTOR_SIZE_BYTES;
    const facts = this.#facts;
    const end = offset + facts.blockStrideBytes;
    if (offset >= this.#fileSizeBytes) return 'outside';
    if (this.#isInMetadata(sector)) return 'inMetadata';
    if (end > this.#fileSizeBytes) return 'cutOff';
    if (end > facts.dataEndOffset) return 'inFooter';
    return this.isOverlapping(index) ? 'overlapping' : 'sound';
  }

  #isInMetadata(sector: number): boolean {
    const offset = sector * SECTOR_SIZE_BYTES;
    // nearly all blocks lie behind everything else
    if (offset >= this.#metadataEnd) return false;
    const end = offset + this.#facts.blockStrideBytes;
    for (const area of this.#facts.metadataAreas) if (area.offset < end && offset < area.end) return true;
    return false;
  }

  /** Whether a block that begins at this sector begins in the file and clear of metadata. */
  readonly isPlaced = (sector: number): boolean =>
    sector * SECTOR_SIZE_BYTES < this.#fileSizeBytes && sector !== BAT_UNUSED && !this.#isInMetadata(sector);

  #survey(): PlacedBlocks {
    const bitmapSectors = this.#facts.bitmapBytes / SECTOR_SIZE_BYTES;
    let count = 0;
    let firstSector = Infinity;
    let lastSector = -1;
    let alignedCount = 0;
    for (const { entries } of this.entries.usedParts()) {
      for (let at = 0; at < entries.length; at += 1) {
        const sector = entries[at] ?? BAT_UNUSED;
        if (!this.isPlaced(sector)) continue;
        count += 1;
        if (sector < firstSector) firstSector = sector;
        if (sector > lastSector) lastSector = sector;
        if ((sector + bitmapSectors) % ALIGNMENT_SECTORS === 0) alignedCount += 1;
      }
    }
    return count === 0
      ? { count, firstSector: null, lastSector: null, alignedCount }
      : { count, firstSector, lastSector, alignedCount };
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
