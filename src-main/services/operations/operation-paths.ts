import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { FileRegistry } from '../files/file-registry';
import type { Documents } from '../look/documents';

/** The files of an operation, its ids turned into paths that this door may use. Null where the verb has none. */
export interface OperationPaths {
  /** The image it is about. */
  readonly file: string | null;
  /** The new file. */
  readonly target: string | null;
  /** The raw source of `create`, the other disk of `compare`. */
  readonly other: string | null;
  readonly parent: string | null;
  readonly downTo: string | null;
  readonly searchFolder: string | null;
  /** The changes before which the two sides of `compare` lie; undefined for files as they are. */
  readonly before?: readonly [BeforeChange | undefined, BeforeChange | undefined] | undefined;
}

export type BeforeChange = NonNullable<ReturnType<Documents['beforeOf']>>;

const NO_PATHS: OperationPaths = {
  file: null,
  target: null,
  other: null,
  parent: null,
  downTo: null,
  searchFolder: null,
};

/** @throws AppError as `FileRegistry.pathOf`. */
export async function pathsOf(
  registry: FileRegistry,
  documents: Documents,
  spec: OperationSpec,
): Promise<OperationPaths> {
  // The one verb that only looks at both of its images: they may be states of the past.
  if (spec.verb === 'compare')
    return {
      ...NO_PATHS,
      file: await documents.pathOf(spec.fileId),
      other: await documents.pathOf(spec.otherId),
      before: [documents.beforeOf(spec.fileId), documents.beforeOf(spec.otherId)],
    };
  const path = async (id: string | undefined): Promise<string | null> =>
    id === undefined ? null : registry.pathOf(id);
  const target = 'target' in spec && spec.target ? await registry.pathOfTarget(spec.target) : null;
  const file = 'fileId' in spec ? await path(spec.fileId) : null;
  const base = { ...NO_PATHS, file, target };
  switch (spec.verb) {
    case 'create':
      return { ...base, other: await path(spec.sourceId) };
    case 'merge':
      return { ...base, downTo: await path(spec.downToId) };
    case 'relink':
      return {
        ...base,
        parent: await path(spec.parentId),
        searchFolder: await path(spec.searchFolderId),
      };
    default:
      return base;
  }
}
