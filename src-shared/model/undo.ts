/** `inFlight`: begun and not settled; `undone`: taken back, and only a record is left. */
export type JournalState = 'inFlight' | 'settled' | 'undone' | 'damaged';

/** What an undo journal says of itself, whatever has become of its image. */
export interface JournalHead {
  readonly id: string;
  readonly journalPath: string;
  readonly imagePath: string;
  /** What the change was: `repair`, `resize`, `edit` … */
  readonly operation: string;
  readonly title: string;
  readonly state: JournalState;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly sizeBytes: number;
  readonly changedBytes: number;
  readonly uniqueId: string | null;
  /** ISO 8601 UTC; null unless the change was undone. */
  readonly undoneAt: string | null;
}

/** One undo journal, as `platter undo --list --json` shows it: its image was looked at, too. */
export interface JournalSummary extends JournalHead {
  /** Whether undo would work now, and if not, why. */
  readonly usable: boolean;
  readonly reason: string | null;
  /** A later change of the image can be undone, and this one after it. */
  readonly waits?: boolean;
  /** Names of images that would see the undo: it is refused until that is accepted. */
  readonly children?: readonly string[];
  /** Interrupted, and what was asked for can be done anew after rolling back. */
  readonly finishable: boolean;
}

export interface UndoResult {
  readonly imagePath: string;
  readonly journalPath: string;
  readonly restoredBytes: number;
  readonly fileSizeBytes: number;
  /** Such as children that see the undo and were accepted to break. */
  readonly warnings: readonly string[];
}
