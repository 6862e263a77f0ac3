import { SECTOR_SIZE_BYTES } from './constants';
import { capacityBytes, capacitySectors, MAX_GEOMETRY_SECTORS, type Geometry } from './geometry';

/** What a reader needs of a footer to decide how large the disk is. */
export interface SizeFacts {
  /** The four bytes of the creator application as characters, padding included: `win `, `tap\0`. */
  readonly creatorApplication: string;
  readonly currentSizeBytes: number;
  readonly geometry: Geometry;
}

/** Virtual size in bytes as each kind of reader has it. */
export interface SizesByReader {
  /** Windows, Hyper-V, VirtualBox, Xen, DiscUtils, 7-Zip, Azure. */
  readonly currentSize: number;
  /** Virtual PC, QEMU before 2.6. */
  readonly chs: number;
  /** QEMU 2.6 to 9.2. */
  readonly qemuUpTo9: number;
  /** QEMU from 10 on. */
  readonly qemuFrom10: number;
}

/** Which of a footer's two sizes a reader takes. */
export type SizeSource = 'currentSize' | 'chs';

/** Creators whose current size QEMU 2.6 to 9.2 takes. Disk2vhd writes `d2v` and a NUL, which is not among them. */
const CURRENT_SIZE_CREATORS_UP_TO_9: readonly string[] = ['win ', 'qem2', 'd2v ', 'tap\0', 'CTXS'];
/** Creators whose geometry QEMU from 10 on takes. */
const CHS_CREATORS_FROM_10: readonly string[] = ['vpc ', 'qemu'];

/** Which size QEMU 2.6 to 9.2 takes. COMPAT(qemu 2.6-9.2): vpc driver, executed with 7.2. */
export function sizeSourceForQemuUpTo9(facts: Omit<SizeFacts, 'currentSizeBytes'>): SizeSource {
  if (isMaxCapacity(facts.geometry)) return 'currentSize';
  return CURRENT_SIZE_CREATORS_UP_TO_9.includes(facts.creatorApplication) ? 'currentSize' : 'chs';
}

/** Which size QEMU from 10 on takes. COMPAT(qemu 10+): vpc driver, executed with 11.1. */
export function sizeSourceForQemuFrom10(facts: Omit<SizeFacts, 'currentSizeBytes'>): SizeSource {
  if (isMaxCapacity(facts.geometry)) return 'currentSize';
  return CHS_CREATORS_FROM_10.includes(facts.creatorApplication) ? 'chs' : 'currentSize';
}

/**
 * How large the disk is for each kind of reader. QEMU drops a last partial sector of the current size; the others
 * take it as it stands. Readers may still refuse the image for other reasons.
 */
export function sizesByReader(facts: SizeFacts): SizesByReader {
  const chs = capacityBytes(facts.geometry);
  const wholeSectorsBytes = facts.currentSizeBytes - (facts.currentSizeBytes % SECTOR_SIZE_BYTES);
  const sizeFor = (source: SizeSource): number => (source === 'chs' ? chs : wholeSectorsBytes);
  return {
    currentSize: facts.currentSizeBytes,
    chs,
    qemuUpTo9: sizeFor(sizeSourceForQemuUpTo9(facts)),
    qemuFrom10: sizeFor(sizeSourceForQemuFrom10(facts)),
  };
}

/** QEMU compares the capacity with that of 65535/16/255, not the three parts. */
function isMaxCapacity(geometry: Geometry): boolean {
  return capacitySectors(geometry) === MAX_GEOMETRY_SECTORS;
}
