import { app, nativeTheme, type BrowserWindow } from 'electron';
import path from 'node:path';
import { TERMINAL_JOB_STATES } from '../../../src-shared/model/job';
import type { Settings } from '../../../src-shared/model/settings';
import { createHandlers } from '../../ipc/handlers';
import { createServices, type Services } from '../../services/app';
import { unlimitedRoots } from '../../services/files/roots';
import { setAboutPanel, showAbout } from './about';
import { ElectronDialogs } from './dialogs';
import { connectPage } from './ipc';
import { JobPresence } from './job-presence';
import { setMenu } from './menu';
import { desktopDataFolder } from './profile';
import { servePage } from './protocol';
import { QuitGuard } from './quit-guard';
import { RendererRecovery } from './renderer-recovery';
import { guardSession } from './security';
import { commandOfTask, offerTasks } from './tasks';
import { canvasColor, createWindow } from './window';
import { WindowStateKeeper } from './window-state';
import { followDocument } from './window-title';

/** Everything after the single-instance lock: one window over the services. */
export function startProgram(named: readonly string[], task: string | null): void {
  const program = new Program(desktopDataFolder());
  program.openFiles(named);
  program.runTask(task);
  app.on('second-instance', (_event, _argv, _folder, data) => program.openFromSecondStart(data));
  // A Mac sends files this way, also before the program is ready.
  app.on('open-file', (event, file) => {
    event.preventDefault();
    program.openFiles([file]);
  });
  app.on('activate', () => void program.showWindow());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => program.close());
  void app.whenReady().then(() => program.begin());
}

class Program {
  readonly #services: Services;
  readonly #keeper: WindowStateKeeper;
  readonly #guard: QuitGuard;
  readonly #presence: JobPresence;
  readonly #recovery: RendererRecovery;
  #window: BrowserWindow | null = null;

  constructor(dataFolder: string) {
    const window = (): BrowserWindow | null => this.#window;
    this.#services = createServices({
      door: 'desktop',
      dataFolder,
      roots: unlimitedRoots(app.getPath('home')),
      dialogs: new ElectronDialogs(path.join(dataFolder, 'folders.json'), window),
      versions: { Electron: process.versions.electron, Chromium: process.versions['chrome'] ?? 'unknown' },
    });
    const { jobs } = this.#services;
    this.#keeper = new WindowStateKeeper(path.join(dataFolder, 'window.json'));
    this.#guard = new QuitGuard(jobs, window);
    this.#presence = new JobPresence(jobs, window);
    this.#recovery = new RendererRecovery(this.#services);
  }

  async begin(): Promise<void> {
    guardSession();
    servePage();
    const { events, settings, facts, watcher } = this.#services;
    connectPage(this.#services, createHandlers(this.#services), () => this.#window);
    events.on('settings.changed', (changed) => this.#useTheme(changed));
    events.on('recents.changed', () => {
      for (const file of watcher.paths().slice(-1)) app.addRecentDocument(file);
    });
    events.on('job.changed', (job) => {
      this.#presence.update(job);
      if (TERMINAL_JOB_STATES.includes(job.state)) this.#guard.onJobEnded();
    });
    setAboutPanel(facts);
    // A page that is still loading, or a window yet to be made, gets the command as soon as it listens.
    const run = (commandId: string): void => {
      this.#services.startup.run(commandId);
      void this.showWindow();
    };
    setMenu({ run, about: () => void showAbout(facts, this.#window) });
    offerTasks(run);
    this.#guard.watchProgram();
    this.#useTheme(await settings.get());
    await this.showWindow();
  }

  /** The window, made anew where it was closed. */
  async showWindow(): Promise<void> {
    if (!app.isReady()) return;
    this.#guard.stay();
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      return;
    }
    const window = createWindow(await this.#keeper.load());
    this.#window = window;
    this.#keeper.follow(window);
    this.#guard.watchWindow(window);
    this.#recovery.watch(window);
    followDocument(window, this.#services.watcher);
    window.on('closed', () => {
      if (this.#window !== window) return;
      this.#window = null;
      this.#services.startup.pageIsGone();
    });
  }

  openFiles(files: readonly string[]): void {
    this.#services.startup.add(files);
  }

  runTask(task: unknown): void {
    const commandId = commandOfTask(task);
    if (commandId !== null) this.#services.startup.run(commandId);
  }

  /** What another process says is checked like any other input. */
  openFromSecondStart(data: unknown): void {
    const { files, task } = (data ?? {}) as { files?: unknown; task?: unknown };
    if (Array.isArray(files))
      this.openFiles(files.filter((file): file is string => typeof file === 'string'));
    this.runTask(task);
    void this.showWindow();
  }

  close(): void {
    this.#presence.close();
    void this.#services.close();
  }

  #useTheme(settings: Settings): void {
    nativeTheme.themeSource = settings.theme;
    this.#window?.setBackgroundColor(canvasColor());
  }
}
