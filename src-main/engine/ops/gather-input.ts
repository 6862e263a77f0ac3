import type { OperationContext } from '../disk/virtual-disk';
import { throwIfCancelled } from './operation';

/**
 * A stream's bytes in pieces that end on multiples of `pieceBytes` of the disk they go to, so that no block is written
 * in two; however small the stream's own pieces are. Each is good until the next is asked for.
 * @param offset guest byte that the first one goes to.
 * @throws AppError `cancelled`, and what the stream throws.
 */
export async function* gatherInput(
  source: AsyncIterable<Uint8Array>,
  offset: number,
  pieceBytes: number,
  context: OperationContext,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(pieceBytes);
  let filled = 0;
  let wanted = pieceBytes - (offset % pieceBytes);
  for await (const chunk of source) {
    throwIfCancelled(context);
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(chunk.length - at, wanted - filled);
      buffer.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < wanted) continue;
      yield buffer.subarray(0, filled);
      filled = 0;
      wanted = pieceBytes;
    }
  }
  throwIfCancelled(context);
  if (filled > 0) yield buffer.subarray(0, filled);
}
