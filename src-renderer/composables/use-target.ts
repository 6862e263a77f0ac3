import { ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue';
import { asAppError, type AppError } from '../../src-shared/errors';
import type { ChosenTarget } from '../../src-shared/ipc';
import type { FolderRef } from '../../src-shared/model';
import { api } from '../api';
import { fileNameProblem } from '../components/files/file-name';
import { useChooser } from '../stores/chooser';
import { useErrors } from '../stores/errors';

const DELAY_MS = 200;

/**
 * A place for a new file: a folder, a name, and what main knows about the two (there already, room, limits). `beside`:
 * the file the new one is made from.
 */
export function useTarget(
  folder: Ref<FolderRef | null>,
  name: Ref<string>,
  beside: MaybeRefOrGetter<string | null>,
) {
  const place = ref<ChosenTarget | null>(null);
  const error = ref<AppError | null>(null);
  const chooser = useChooser();
  const errors = useErrors();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  async function look(): Promise<void> {
    const mine = ++turn;
    error.value = null;
    const target = { folderId: folder.value?.id ?? '', name: name.value.trim() };
    if (!target.folderId || fileNameProblem(target.name)) return void (place.value = null);
    try {
      const described = await api().call('files.describeTarget', { target });
      if (mine === turn) place.value = described;
    } catch (thrown) {
      if (mine === turn) {
        place.value = null;
        error.value = asAppError(thrown);
      }
    }
  }

  watch([folder, name], () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), DELAY_MS);
  });

  /** The folder main proposes, unless one is chosen already. */
  async function start(): Promise<void> {
    const source = toValue(beside);
    folder.value ??= await errors.guard(() =>
      api().call('files.defaultFolder', source === null ? {} : { beside: source }),
    );
    await look();
  }

  async function chooseFolder(): Promise<void> {
    const chosen = await errors.guard(() => chooser.folder());
    if (chosen) folder.value = chosen;
  }

  return { place, error, start, chooseFolder };
}
