import { ipcMain, type BrowserWindow } from 'electron';
import { AppError, asAppError, toWireError } from '../../../src-shared/errors';
import type { DroppedItems } from '../../../src-shared/ipc/client';
import type { Envelope } from '../../../src-shared/ipc/envelope';
import { isFolder } from '../../engine';
import { dispatch, type Handlers } from '../../ipc/dispatch';
import type { Services } from '../../services/app';
import { logProblem } from '../../services/log';
import { CALL_CHANNEL, DRAG_CHANNEL, DROP_CHANNEL, EVENT_CHANNEL } from './channels';
import { dragOut } from './drag-out';
import { requireOwnSender, type Sender } from './security';

const DROPPED_MAX = 1000;

/** Answers the page's calls and carries events to it. */
export function connectPage(
  services: Services,
  handlers: Handlers,
  window: () => BrowserWindow | null,
): void {
  ipcMain.handle(CALL_CHANNEL, (event, method: unknown, input: unknown) =>
    answer(event, () => dispatch(handlers, method, input)),
  );
  ipcMain.handle(DROP_CHANNEL, (event, paths: unknown) =>
    answer(event, async () => ({ ok: true, value: await acceptDropped(services, paths) })),
  );
  ipcMain.on(DRAG_CHANNEL, (event, fileId: unknown) => {
    void answer(event, async () => {
      await dragOut(services, event.sender, fileId);
      return { ok: true, value: null };
    }).then((outcome) => {
      // Nobody waits for an answer: nothing is dragged, and that is seen.
      if (!outcome.ok) logProblem(`Nothing is dragged: ${outcome.error.message}`);
    });
  });
  services.events.onAny((name, payload) => {
    const contents = window()?.webContents;
    if (contents && !contents.isDestroyed() && !contents.isCrashed())
      contents.send(EVENT_CHANNEL, name, payload);
  });
}

async function answer(event: Sender, work: () => Promise<Envelope>): Promise<Envelope> {
  try {
    requireOwnSender(event);
    return await work();
  } catch (error) {
    return { ok: false, error: toWireError(asAppError(error)) };
  }
}

/** Dropped files and folders, by ids. @throws AppError `bad-request`. */
async function acceptDropped({ registry }: Services, paths: unknown): Promise<DroppedItems> {
  if (!Array.isArray(paths) || paths.length > DROPPED_MAX || !paths.every((path) => typeof path === 'string'))
    throw new AppError('bad-request', `At most ${DROPPED_MAX} files can be dropped at once.`);
  const folders: DroppedItems['folders'][number][] = [];
  const files: DroppedItems['files'][number][] = [];
  for (const path of paths) ((await isFolder(path)) ? folders : files).push(registry.register(path));
  return { files, folders };
}
