import type { FileRef, JobSnapshot, Settings, SweepRow } from '../model';

/** What main tells the page unasked. Requests and events are separate maps, so that the direction is typed. */
export interface EventMap {
  /** A job's new snapshot; terminal ones always arrive. */
  'job.changed': JobSnapshot;
  /** Files were opened from outside the page: second start, file type, drop. */
  'files.opened': { readonly files: readonly FileRef[] };
  /** An open file changed or went away outside Platter, or (`own`) was changed by Platter at the wish of some page. */
  'file.changed': { readonly fileId: string; readonly kind: 'changed' | 'gone' | 'own' };
  'recents.changed': Record<string, never>;
  'settings.changed': Settings;
  'sweep.rows': {
    readonly sweepId: string;
    readonly rows: readonly SweepRow[];
    /** Paths of folders that could not be read, told once each. */
    readonly skipped: readonly string[];
    readonly seen: number;
    readonly done: boolean;
  };
  /** A menu item or shortcut of the shell asks the page to run a command of its registry. */
  'command.run': { readonly commandId: string };
  /** The page was away for so long that events are lost to it: it has to ask for everything anew. Browser door only. */
  'events.missed': Record<string, never>;
}

export type EventName = keyof EventMap;

export const EVENT_NAMES = [
  'job.changed',
  'files.opened',
  'file.changed',
  'recents.changed',
  'settings.changed',
  'sweep.rows',
  'command.run',
  'events.missed',
] as const satisfies readonly EventName[];
