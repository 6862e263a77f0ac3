import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { FileRef } from '../../src-shared/model';
import { api } from '../api';
import { useImages } from './images';
import { DISK_SECTIONS, useNavigation, type DiskSection } from './navigation';

/** One open disk: a tab. */
export interface OpenDisk extends FileRef {
  readonly section: DiskSection;
}

const STORAGE_KEY = 'platter.tabs';

function storedTabs(): { id: string; section: DiskSection }[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]');
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: { id?: unknown; section?: unknown } | null) => {
      const section = DISK_SECTIONS.find((name) => name === item?.section);
      return typeof item?.id === 'string' && section ? [{ id: item.id, section }] : [];
    });
  } catch {
    return [];
  }
}

/** The disks that are open, as tabs. What is known about each lives in `images`. */
export const useDisks = defineStore('disks', () => {
  const navigation = useNavigation();
  const open = ref<OpenDisk[]>([]);
  const lastId = ref<string | null>(null);

  const currentId = computed(() =>
    navigation.current.view === 'disk' ? (navigation.current.params['fileId'] ?? null) : null,
  );
  const current = computed(() => open.value.find((disk) => disk.id === currentId.value) ?? null);

  const isOpen = (fileId: string): boolean => open.value.some((disk) => disk.id === fileId);

  /** Opens a file as a tab (or finds its tab) and goes there, perhaps with something to show. */
  function show(file: FileRef, section?: DiskSection, params: Readonly<Record<string, string>> = {}): void {
    const known = open.value.find((disk) => disk.id === file.id);
    const wanted = section ?? known?.section ?? 'overview';
    if (known) setSection(file.id, wanted);
    else open.value = [...open.value, { ...file, section: wanted }];
    lastId.value = file.id;
    navigation.go('disk', { fileId: file.id, section: wanted, ...params });
  }

  /** Goes to a part of an open disk with something to show there: an offset, a block. */
  function showPlace(fileId: string, section: DiskSection, params: Readonly<Record<string, string>>): void {
    setSection(fileId, section);
    lastId.value = fileId;
    navigation.go('disk', { fileId, section, ...params });
  }

  function setSection(fileId: string, section: DiskSection): void {
    open.value = open.value.map((disk) => (disk.id === fileId ? { ...disk, section } : disk));
  }

  /** The disk that was last in front; where none is open, the screen that says so. */
  function showLast(): void {
    const disk = open.value.find((candidate) => candidate.id === lastId.value) ?? open.value[0];
    if (disk) show(disk);
    else navigation.go('disks');
  }

  /** Goes to the tab `by` places on, around the end. */
  function step(by: number): void {
    const index = open.value.findIndex((disk) => disk.id === (currentId.value ?? lastId.value));
    const next = open.value[(index + by + open.value.length) % open.value.length];
    if (next) show(next);
  }

  function close(fileId: string): void {
    const index = open.value.findIndex((disk) => disk.id === fileId);
    if (index < 0) return;
    const wasCurrent = currentId.value === fileId;
    const rest = open.value.filter((disk) => disk.id !== fileId);
    open.value = rest;
    navigation.forgetDisk(fileId);
    useImages().forget(fileId);
    api()
      .call('files.close', { fileId })
      .catch(() => undefined); // main forgets it with the window anyway
    if (lastId.value === fileId) lastId.value = null;
    if (!wasCurrent) return;
    const neighbour = rest[Math.min(index, rest.length - 1)];
    if (neighbour) show(neighbour);
    else navigation.go('home');
  }

  // A reloaded window comes back with its tabs; main forgot what it does not know any more.
  watch(open, (list) =>
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(list.map(({ id, section }) => ({ id, section })))),
  );

  /** Opens again what was open before this window was loaded anew. */
  async function restore(): Promise<void> {
    for (const { id, section } of storedTabs()) {
      const file = await api()
        .call('files.describe', { fileId: id })
        .catch(() => null);
      if (file && !open.value.some((disk) => disk.id === file.id))
        open.value = [...open.value, { ...file, section }];
    }
  }

  return { restore, open, isOpen, current, currentId, show, showPlace, setSection, showLast, step, close };
});
