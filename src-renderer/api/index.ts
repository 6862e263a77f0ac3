import {
  createClient,
  type Bridge,
  type Client,
  type DroppedItems,
  type Transport,
} from '../../src-shared/ipc/client';
import { fromWireError } from '../../src-shared/errors';
import { useConnection } from '../stores/connection';
import { httpTransport } from './http-transport';
import { plainData } from './plain-data';

declare global {
  interface Window {
    /** Put there by the desktop's preload; absent in the browser door. */
    readonly platter?: Bridge;
  }
}

let client: Client | null = null;

/** The one client. Stores and composables use it; components never touch `window.platter`. */
export function api(): Client {
  client ??= createClient(
    window.platter ? bridgeTransport(window.platter) : httpTransport((loss) => (useConnection().loss = loss)),
  );
  return client;
}

const bridgeTransport = (bridge: Bridge): Transport => ({
  invoke: (method, input) => bridge.invoke(method, plainData(input)),
  on: (event, listener) => bridge.on(event, listener),
});

/** Tests put a loopback here. */
export function setClient(replacement: Client | null): void {
  client = replacement;
}

/** Whether files dropped on the page can be opened: a browser never tells where they lie. */
export const canOpenDropped = (): boolean => window.platter !== undefined;

/** Whether an open file can be dragged out of the window: a browser's page has no files of its own to give. */
export const canDragOut = (): boolean => window.platter !== undefined;

/** Turns a drag that begins on the page into one of the file itself. */
export function dragOut(event: DragEvent, fileId: string): void {
  if (!canDragOut()) return;
  event.preventDefault();
  window.platter?.dragOut(fileId);
}

/** Hands dropped files to main. @throws AppError */
export async function openDropped(files: readonly File[]): Promise<DroppedItems> {
  const envelope = await window.platter?.openDropped(files);
  if (!envelope) return { files: [], folders: [] };
  if (!envelope.ok) throw fromWireError(envelope.error);
  return envelope.value as DroppedItems;
}
