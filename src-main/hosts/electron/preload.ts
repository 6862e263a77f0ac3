import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../../../src-shared/ipc/client';
import type { Envelope } from '../../../src-shared/ipc/envelope';
import { EVENT_NAMES, type EventName } from '../../../src-shared/ipc/events';
import { METHOD_NAMES } from '../../../src-shared/ipc/method-names';
import { CALL_CHANNEL, DRAG_CHANNEL, DROP_CHANNEL, EVENT_CHANNEL } from './channels';

type Listener = (payload: unknown) => void;

const methods: ReadonlySet<string> = new Set(METHOD_NAMES);
const listeners = new Map<string, Set<Listener>>(EVENT_NAMES.map((name) => [name, new Set<Listener>()]));

// One listener for all: the event object of Electron never reaches the page.
ipcRenderer.on(EVENT_CHANNEL, (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

const bridge: Bridge = {
  invoke(method, input) {
    if (!methods.has(method)) return Promise.reject(new Error(`There is no method "${String(method)}".`));
    return ipcRenderer.invoke(CALL_CHANNEL, method, input) as Promise<Envelope>;
  },
  on(event: EventName, listener: Listener) {
    const known = listeners.get(event);
    if (!known) throw new Error(`There is no event "${String(event)}".`);
    known.add(listener);
    return () => known.delete(listener);
  },
  openDropped(files) {
    // The path goes straight to main; the page never sees it. What is no dropped file has none.
    const paths = files.map((file) => webUtils.getPathForFile(file as File)).filter((path) => path !== '');
    return ipcRenderer.invoke(DROP_CHANNEL, paths) as Promise<Envelope>;
  },
  dragOut(fileId) {
    ipcRenderer.send(DRAG_CHANNEL, String(fileId));
  },
};

contextBridge.exposeInMainWorld('platter', Object.freeze(bridge));
