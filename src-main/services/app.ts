import path from 'node:path';
import type { AppFacts } from '../../src-shared/ipc/contract';
import { EventHub } from './events';
import { requireDialogs, type SystemDialogs } from './files/dialogs';
import { FileRegistry } from './files/file-registry';
import { RecentFiles } from './files/recents';
import type { Roots } from './files/roots';
import { StartupFiles } from './files/startup';
import { FileWatcher } from './files/watch';
import { JobService } from './jobs/job-service';
import { Leftovers } from './jobs/leftovers';
import { Documents } from './look/documents';
import { SettingsService } from './settings';
import { SweepService } from './sweep';
import { UndoService } from './undo';
import { UndoFolder } from './undo-folder';
import { VERSION } from './version';

export interface ServicesOptions {
  readonly door: AppFacts['door'];
  /** Settings, recents and settled undo journals. */
  readonly dataFolder: string;
  /** Which paths this door may touch. */
  readonly roots: Roots;
  /** The system's dialogs; null where the page chooses files by browsing. */
  readonly dialogs: SystemDialogs | null;
  /** Names and versions beyond Platter's and Node's own. */
  readonly versions?: Readonly<Record<string, string>>;
  /** The built worker of the jobs; by default the one beside this bundle. */
  readonly workerPath?: string | undefined;
}

/** Everything a door needs, made once a process. Nothing here knows which door it is. */
export interface Services {
  readonly facts: AppFacts;
  readonly events: EventHub;
  readonly roots: Roots;
  readonly registry: FileRegistry;
  readonly recents: RecentFiles;
  readonly startup: StartupFiles;
  readonly watcher: FileWatcher;
  readonly settings: SettingsService;
  readonly jobs: JobService;
  readonly leftovers: Leftovers;
  readonly sweeps: SweepService;
  readonly undo: UndoService;
  readonly undoFolder: UndoFolder;
  /** What ids stand for when they are looked at. */
  readonly documents: Documents;
  /** Where disks to practise on are made. */
  readonly practiceFolder: string;
  /** @throws AppError `unsupported` where the door has none. */
  dialogs(): SystemDialogs;
  /** Stops watching, sweeping and jobs. */
  close(): Promise<void>;
}

export function createServices(options: ServicesOptions): Services {
  const { roots, dataFolder } = options;
  const events = new EventHub();
  const registry = new FileRegistry(roots);
  const watcher = new FileWatcher(events);
  const settings = new SettingsService(path.join(dataFolder, 'settings.json'));
  const undoFolder = new UndoFolder(settings, dataFolder);
  const undo = new UndoService({ registry, roots, watcher, settings, undoFolder });
  const documents = new Documents({ registry, roots, historyFolders: () => undoFolder.all() });
  const leftovers = new Leftovers(path.join(dataFolder, 'running'));
  const { workerPath } = options;
  const jobs = new JobService({ registry, documents, roots, events, watcher, undo, leftovers, workerPath });
  const sweeps = new SweepService(registry, roots, events);
  return {
    facts: {
      version: VERSION,
      door: options.door,
      platform: process.platform,
      nativeDialogs: options.dialogs !== null,
      versions: {
        Platter: VERSION,
        ...options.versions,
        Node: process.versions.node,
        System: `${process.platform} ${process.arch}`,
      },
    },
    events,
    roots,
    registry,
    recents: new RecentFiles(path.join(dataFolder, 'recents.json'), registry, roots),
    startup: new StartupFiles(registry, events),
    watcher,
    settings,
    jobs,
    leftovers,
    sweeps,
    undo,
    undoFolder,
    documents,
    practiceFolder:
      options.door === 'desktop' || roots.folders[0] === undefined
        ? path.join(dataFolder, 'practice')
        : path.join(roots.folders[0], 'platter-practice'),
    dialogs: () => requireDialogs(options.dialogs),
    async close() {
      watcher.close();
      sweeps.close();
      await jobs.close();
    },
  };
}
