import { FINDING_PLACES_MAX, type GuestRange, type Place } from '../../../../src-shared/model/finding';
import type { BlockScan } from '../scanned-block';
import type { CheckContext } from '../context';
import type { FindingDraft } from '../rule';

/** Counts blocks and sectors of one kind and keeps the first of them. */
export class BlockTally {
  blocks = 0;
  sectors = 0;
  readonly places: Place[] = [];
  readonly ranges: GuestRange[] = [];
  readonly #facts: CheckContext['facts'];

  constructor({ facts }: CheckContext) {
    this.#facts = facts;
  }

  /** Adds a block; `firstSector` and `sectors` say which part of it, by default all. */
  add(scan: BlockScan, sectors: number, firstSector = 0): void {
    this.blocks += 1;
    this.sectors += sectors;
    if (this.places.length > FINDING_PLACES_MAX) return;
    const block = this.#facts.blockSizeBytes ?? 0;
    this.places.push({
      structure: 'block',
      offset: scan.offset + this.#facts.bitmapBytes + firstSector * 512,
      length: block - firstSector * 512,
      index: scan.index,
    });
    const offset = scan.index * block + firstSector * 512;
    const end = Math.min((scan.index + 1) * block, this.#facts.currentSizeBytes ?? Infinity);
    if (end > offset) this.ranges.push({ offset, length: end - offset });
  }

  /** What was found, with its first places; null where nothing was added. `say` is asked only where there is one. */
  draft(say: (first: Place) => Omit<FindingDraft, 'where' | 'examples'>): FindingDraft | null {
    const [where, ...examples] = this.places;
    return where ? { where, examples, ...say(where) } : null;
  }
}
