import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { BatEntries } from './bat-entries';

let nowhere: MessagePort | null = null;

/**
 * Gives the memory of a BAT back at once; it has no entries afterwards. For verbs that read it anew once it has
 * changed: the garbage collector takes its time, and two of the largest BATs are more than a verb may take.
 */
export function freeEntries(entries: BatEntries): void {
  if (!nowhere) {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    nowhere = port1;
  }
  // what is handed over to a port whose other end is closed belongs to nobody any more
  const buffers = entries.takeBuffers().filter((one): one is ArrayBuffer => one instanceof ArrayBuffer);
  nowhere.postMessage(null, buffers);
}
