import { MemoryFile } from './fake-files';
import { seededRandom } from './random';

/** The sectors that a change touched, as they were afterwards: a disk is given whole sectors, never parts of them. */
interface Sectors {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A change of a file, as a log keeps it. */
export type LoggedChange =
  | {
      readonly kind: 'write';
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly sectors: Sectors;
    }
  | { readonly kind: 'setSize'; readonly sizeBytes: number }
  | {
      readonly kind: 'zero';
      readonly offset: number;
      readonly length: number;
      readonly sectors: Sectors;
    }
  | { readonly kind: 'flush' };

/** What a disk holds after a crash, with words for a failing test. */
export interface CrashState {
  readonly file: MemoryFile;
  /** Log entries `[0, durable)` are on the disk for certain, those in `[durable, reached)` perhaps. */
  readonly durable: number;
  readonly reached: number;
  readonly label: string;
}

const SECTOR_BYTES = 512;

/**
 * A file on a disk that may lose power: a durable past, and a log of changes since that may survive in part and in
 * any order up to the next flush. Small images only: each state is a copy.
 */
export class CrashFile extends MemoryFile {
  readonly log: LoggedChange[] = [];
  readonly #start: Uint8Array;

  constructor(bytes: Uint8Array, path = 'crash.vhd') {
    super(bytes, path);
    this.#start = Uint8Array.from(bytes);
  }

  override async writeAt(source: Uint8Array, offset: number): Promise<void> {
    await super.writeAt(source, offset);
    this.log.push({
      kind: 'write',
      offset,
      bytes: Uint8Array.from(source),
      sectors: await this.#sectorsAround(offset, source.length),
    });
  }

  override async setSize(sizeBytes: number): Promise<void> {
    this.log.push({ kind: 'setSize', sizeBytes });
    await super.setSize(sizeBytes);
  }

  override async zeroRange(offset: number, length: number): Promise<void> {
    await super.zeroRange(offset, length);
    this.log.push({ kind: 'zero', offset, length, sectors: await this.#sectorsAround(offset, length) });
  }

  override async flush(): Promise<void> {
    this.log.push({ kind: 'flush' });
    await super.flush();
  }

  async #sectorsAround(offset: number, length: number): Promise<Sectors> {
    const from = Math.floor(offset / SECTOR_BYTES) * SECTOR_BYTES;
    const to = Math.ceil((offset + length) / SECTOR_BYTES) * SECTOR_BYTES;
    const bytes = new Uint8Array(Math.max(0, Math.min(to, await this.size()) - from));
    await this.readAt(bytes, from);
    return { offset: from, bytes };
  }

  /**
   * What the disk may hold where power goes after `reached` entries of the log: what was flushed by then, and of the
   * rest everything in order, or an arbitrary choice in arbitrary order, torn at sectors.
   */
  async cutAt(reached: number, random: (() => number) | 'everything'): Promise<Uint8Array> {
    const file = new MemoryFile(this.#start, this.path);
    const done = this.log.slice(0, reached);
    const durable = done.map(({ kind }) => kind).lastIndexOf('flush') + 1;
    for (const change of done.slice(0, durable)) await apply(file, change);
    const unflushed = done.slice(durable);
    const survivors =
      random === 'everything'
        ? unflushed
        : shuffle(
            unflushed.filter(() => random() < 0.6),
            random,
          ).flatMap((change) => tear(change, random));
    for (const change of survivors) await apply(file, change);
    return file.bytes();
  }

  /** The state after every prefix of the log, from nothing done to everything done. */
  async *prefixes(): AsyncGenerator<CrashState> {
    const file = new MemoryFile(this.#start, this.path);
    yield {
      file: new MemoryFile(file.bytes(), this.path),
      durable: 0,
      reached: 0,
      label: 'before any change',
    };
    for (const [index, change] of this.log.entries()) {
      await apply(file, change);
      if (change.kind !== 'flush') {
        yield {
          file: new MemoryFile(file.bytes(), this.path),
          durable: index + 1,
          reached: index + 1,
          label: `after ${describeChange(index, change)}`,
        };
      }
    }
  }

  /**
   * For each stretch between two flushes: `samplesPerEpoch` states where an arbitrary subset of its changes reached
   * the disk, in arbitrary order, each write torn at an arbitrary sector. Repeatable by `seed`.
   */
  async *reorderings(samplesPerEpoch: number, seed: number): AsyncGenerator<CrashState> {
    const random = seededRandom(seed);
    const durable = new MemoryFile(this.#start, this.path);
    let epoch: { index: number; change: LoggedChange }[] = [];
    const entries = [...this.log.map((change, index) => ({ change, index })), null];
    for (const entry of entries) {
      if (entry !== null && entry.change.kind !== 'flush') {
        epoch.push(entry);
        continue;
      }
      for (let sample = 0; sample < samplesPerEpoch && epoch.length > 0; sample += 1) {
        const file = new MemoryFile(durable.bytes(), this.path);
        const survivors = shuffle(
          epoch.filter(() => random() < 0.6),
          random,
        );
        const labels: string[] = [];
        for (const { change, index } of survivors) {
          const torn = tear(change, random);
          for (const piece of torn) await apply(file, piece);
          labels.push(
            describeChange(index, change) + (torn.length === 1 && torn[0] === change ? '' : ' torn'),
          );
        }
        const [first, last] = [epoch[0], epoch.at(-1)];
        const reached = (last?.index ?? 0) + 1;
        yield {
          file,
          durable: first?.index ?? 0,
          reached,
          label: `unflushed, only: ${labels.join('; ') || 'nothing'} (seed ${seed})`,
        };
      }
      for (const { change } of epoch) await apply(durable, change);
      epoch = [];
    }
  }
}

async function apply(file: MemoryFile, change: LoggedChange): Promise<void> {
  if (change.kind === 'write') await file.writeAt(change.bytes, change.offset);
  else if (change.kind === 'setSize') await file.setSize(change.sizeBytes);
  else if (change.kind === 'zero') await file.zeroRange(change.offset, change.length);
}

function describeChange(index: number, change: LoggedChange): string {
  if (change.kind === 'write') return `#${index} write of ${change.bytes.length} at ${change.offset}`;
  if (change.kind === 'setSize') return `#${index} size ${change.sizeBytes}`;
  if (change.kind === 'zero') return `#${index} zeros ${change.length} at ${change.offset}`;
  return `#${index} flush`;
}

/** The change as sectors: all of them, or, for half of the writes, an arbitrary choice. A sector is never torn. */
function tear(change: LoggedChange, random: () => number): readonly LoggedChange[] {
  if (change.kind !== 'write' && change.kind !== 'zero') return [change];
  const { offset, bytes } = change.sectors;
  const isTorn = random() < 0.5;
  const pieces: LoggedChange[] = [];
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    const piece = { offset: offset + at, bytes: bytes.subarray(at, at + SECTOR_BYTES) };
    if (!isTorn || random() < 0.5) pieces.push({ kind: 'write', ...piece, sectors: piece });
  }
  return pieces;
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
