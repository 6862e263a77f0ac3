/** A file the person chose. The renderer holds ids; the paths are for showing only. */
export interface FileRef {
  readonly id: string;
  readonly name: string;
  readonly displayPath: string;
}

/** The state of an image before a change on record; its id is for reading only. */
export interface StateRef extends FileRef {
  /** What the change was: `repair`, `resize`, `edit` … */
  readonly operation: string;
  readonly title: string;
  /** When the change was made, ISO 8601 UTC. */
  readonly createdAt: string;
  /** The journal of the change; its name is for telling states apart. */
  readonly journalPath: string;
  /** Why it can no longer be shown; null where it can. */
  readonly reason: string | null;
}

/** A recently used file. */
export interface RecentFile extends FileRef {
  readonly missing: boolean;
  /** ISO 8601 UTC. */
  readonly lastOpenedAt: string;
  readonly type: string | null;
  readonly verdict: string | null;
  readonly virtualSizeBytes: number | null;
}

/** A place for a new file: a folder id that main gave, and a name. */
export interface TargetRef {
  readonly folderId: string;
  readonly name: string;
}

export interface FolderRef {
  readonly id: string;
  readonly name: string;
  readonly displayPath: string;
  readonly freeBytes: number | null;
}

export interface FolderEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: 'folder' | 'file';
  readonly sizeBytes: number | null;
  readonly modifiedAt: string | null;
}

export interface FolderListing {
  readonly folder: FolderRef;
  readonly parentId: string | null;
  readonly roots: readonly FolderRef[];
  readonly entries: readonly FolderEntry[];
  /** True where the folder holds more entries than are listed. */
  readonly cut: boolean;
}
