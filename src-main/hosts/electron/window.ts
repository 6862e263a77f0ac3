import { BrowserWindow, nativeTheme } from 'electron';
import path from 'node:path';
import { pageUrl } from './page-origin';
import { DEFAULT_SIZE, MINIMUM_SIZE, type WindowState } from './window-state';

/** The page's own colours (styles/tokens.css), so that nothing flashes before it is there. */
const CANVAS = { light: '#f6f7f8', dark: '#141618' } as const;

export const canvasColor = (): string => (nativeTheme.shouldUseDarkColors ? CANVAS.dark : CANVAS.light);

/** The window, not shown before its page can be. */
export function createWindow(state: WindowState): BrowserWindow {
  const window = new BrowserWindow({
    ...DEFAULT_SIZE,
    ...(state.bounds ?? {}),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    show: false,
    title: 'Platter',
    backgroundColor: canvasColor(),
    webPreferences: {
      preload: path.join(__dirname, '..', 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      // Chromium would fetch dictionaries from its maker.
      spellcheck: false,
    },
  });
  if (state.isMaximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  void window.loadURL(pageUrl());
  return window;
}
