import type { BatEntries } from './bat-entries';
import { giveMemoryBack } from './give-memory-back';

/**
 * Gives the memory of a BAT back at once; it has no entries afterwards. For verbs that read it anew once it has
 * changed: the garbage collector takes its time, and two of the largest BATs are more than a verb may take.
 */
export function freeEntries(entries: BatEntries): void {
  giveMemoryBack(entries.takeBuffers());
}
