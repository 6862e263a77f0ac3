import { MessageChannel, type MessagePort } from 'node:worker_threads';

let nowhere: MessagePort | null = null;

/** Gives memory back at once, which the garbage collector takes its time for; who still has an array of it has none. */
export function giveMemoryBack(buffers: readonly ArrayBufferLike[]): void {
  if (!nowhere) {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    nowhere = port1;
  }
  // what is handed over to a port whose other end is closed belongs to nobody any more
  nowhere.postMessage(
    null,
    buffers.filter((one): one is ArrayBuffer => one instanceof ArrayBuffer && one.byteLength > 0),
  );
}
