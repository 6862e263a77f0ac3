import type { ContentFacts } from '../../../src-shared/model/content';
import type { ImageInfo } from '../../../src-shared/model/image-info';
import { verdictOfInfo } from '../../../src-shared/model/check-report';
import type { MapView } from '../../../src-shared/model/map';
import { openDisk, readContent, viewMap } from '../../engine';
import type { EventHub } from '../events';
import type { FileRegistry } from '../files/file-registry';
import type { RecentFiles } from '../files/recents';
import type { Roots } from '../files/roots';
import type { StartupFiles } from '../files/startup';
import type { FileWatcher } from '../files/watch';
import { describeImage } from '../image/info';
import type { Documents } from './documents';

interface OpenParts {
  readonly registry: FileRegistry;
  readonly roots: Roots;
  readonly recents: RecentFiles;
  readonly watcher: FileWatcher;
  readonly startup: StartupFiles;
  readonly events: EventHub;
}

/** An image's facts; from now on it is watched, and it is among the recent ones. @throws AppError as describeImage. */
export async function lookAtImage(parts: OpenParts, fileId: string): Promise<ImageInfo> {
  const { registry, roots, recents, watcher, startup, events } = parts;
  const path = await registry.pathOf(fileId);
  startup.opened(fileId);
  // Watched before it is read: a change in between is told rather than missed.
  await watcher.watch(path, fileId);
  const info = await describeImage(path, { mayOpen: (other) => roots.allows(other) });
  const { type, virtualSizeBytes } = info;
  // A list that cannot be written must not keep an image from being looked at.
  await recents
    .remember(path, { type, virtualSizeBytes, verdict: verdictOfInfo(info) })
    .catch(() => undefined);
  events.emit('recents.changed', {});
  return info;
}

/** What is inside the disk, its whole chain read. @throws AppError as `openDisk`. */
export async function lookInside(path: string, roots: Roots): Promise<ContentFacts> {
  const opened = await openDisk(path, { mayOpen: (other) => roots.allows(other) });
  try {
    return await readContent(opened.disk);
  } finally {
    await opened.close();
  }
}

/** The map of a disk; damage is shown, not refused. @throws AppError as `openDisk`. */
export function lookAtMap(
  documents: Documents,
  fileId: string,
  roots: Roots,
  depth: MapView['depth'],
): Promise<MapView> {
  const options = { allowDamaged: true, mayOpen: (other: string) => roots.allows(other) };
  return documents.usingDisk(fileId, options, (opened) => viewMap(opened, depth));
}
