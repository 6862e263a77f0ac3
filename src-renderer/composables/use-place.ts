import { computed, reactive, type MaybeRefOrGetter } from 'vue';
import type { ChosenTarget } from '../../src-shared/ipc';
import type { FolderRef } from '../../src-shared/model';
import { fileNameProblem } from '../components/files/file-name';
import { t } from '../i18n';

/** Where a new file goes: folder and name as TargetFields fills them in, what main says of the two, and whether they will do. `beside`: the file whose folder is proposed. */
export function usePlace(name = '', beside: MaybeRefOrGetter<string | null> = null) {
  const place = reactive({
    folder: null as FolderRef | null,
    name,
    /** What main knows about folder and name together; null while it looks. */
    found: null as ChosenTarget | null,
    replace: false,
  });

  /** The part of an operation that names the new file; null while something is missing. */
  const chosen = computed(() =>
    place.folder && !fileNameProblem(place.name)
      ? {
          target: { folderId: place.folder.id, name: place.name.trim() },
          ...(place.replace ? { replace: true } : {}),
        }
      : null,
  );
  /** Why the place will not do, or null. */
  const blockedReason = computed(() => {
    if (!place.folder) return t('create.needsPlace');
    const problem = fileNameProblem(place.name);
    if (problem) return t(`create.nameProblems.${problem}`);
    if (place.found?.exists && !place.replace) return t('create.exists');
    return place.found && !place.found.writable ? t('create.notWritable') : null;
  });

  return { place, beside, chosen, blockedReason };
}

export type PlaceChoice = ReturnType<typeof usePlace>;
