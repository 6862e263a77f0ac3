import { type BrowserWindow } from 'electron';
import path from 'node:path';
import type { FileWatcher } from '../../services/files/watch';

/** The page's title names the image it shows; a Mac also wants to know which file that is. */
export function followDocument(window: BrowserWindow, watcher: FileWatcher): void {
  window.on('page-title-updated', (_event, title) => {
    const shown = watcher.paths().find((file) => title.startsWith(path.basename(file)));
    window.setRepresentedFilename(shown ?? '');
  });
}
