/** A stretch of guest bytes. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

export interface PumpOptions<P extends Piece, S> {
  readonly pieces: AsyncIterable<P>;
  /** Reused buffers: as many pieces are in memory at once. */
  readonly slots: readonly S[];
  /** Fills the slot with the piece. Several run side by side. */
  read(piece: P, slot: S): Promise<unknown>;
  /** Takes a filled slot, in the order of the pieces and one at a time; the slot is free again when this is done. */
  take(piece: P, slot: S): Promise<void> | void;
  /** Called after every piece; true ends the pump early. */
  isEnough?(): boolean;
}

/**
 * Moves pieces through a few buffers: while one is taken the next are read. One taker at a time, because writers of one
 * file wait for each other in the kernel anyway (the inode's lock) and burn the other core while they do. Returns or
 * throws only when nothing is under way any more.
 */
export async function pumpPieces<P extends Piece, S>(options: PumpOptions<P, S>): Promise<void> {
  const { slots, read, take, isEnough } = options;
  const free = [...slots];
  const reading: { readonly piece: P; readonly slot: S; readonly done: Promise<unknown> }[] = [];
  const pieces = options.pieces[Symbol.asyncIterator]();
  let isExhausted = false;
  try {
    for (;;) {
      while (!isExhausted) {
        const slot = free.pop();
        if (slot === undefined) break;
        const next = await pieces.next();
        if (next.done) {
          isExhausted = true;
          break;
        }
        const done = read(next.value, slot);
        done.catch(() => undefined);
        reading.push({ piece: next.value, slot, done });
      }
      const oldest = reading.shift();
      if (!oldest) return;
      const { piece, slot, done } = oldest;
      await done;
      await take(piece, slot);
      free.push(slot);
      if (isEnough?.()) return;
    }
  } finally {
    await Promise.allSettled(reading.map(({ done }) => done));
    await pieces.return?.();
  }
}
