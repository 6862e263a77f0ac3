import { computed, reactive, ref, type Ref } from 'vue';
import type { ChosenTarget, OperationSpec } from '../../src-shared/ipc';
import type { FolderRef } from '../../src-shared/model';
import { fileNameProblem } from '../components/files/file-name';
import { t } from '../i18n';
import { useDisks } from '../stores/disks';
import { useImages } from '../stores/images';
import { useNavigation } from '../stores/navigation';
import { useOperation } from './use-operation';

export type VerbStep = 'what' | 'place' | 'review';

/** The last steps that the wizards over an open image share: place, review, job. */
export function useVerbWizard(fileId: Ref<string>) {
  const images = useImages();
  const disks = useDisks();
  const navigation = useNavigation();
  const step = ref<VerbStep>('what');
  const spec = ref<OperationSpec | null>(null);
  const target = reactive({
    folder: null as FolderRef | null,
    name: '',
    place: null as ChosenTarget | null,
    replace: false,
  });

  void images.ensure(fileId.value);
  const info = computed(() => images.stateOf(fileId.value).info);
  const name = computed(() => disks.open.find((disk) => disk.id === fileId.value)?.name ?? '');
  const operation = useOperation(
    spec,
    computed(() => step.value === 'review'),
  );
  const done = computed(() => operation.job.value !== null || operation.startError.value !== null);
  const targetRef = computed(() =>
    target.folder && !fileNameProblem(target.name)
      ? { folderId: target.folder.id, name: target.name.trim() }
      : null,
  );
  /** Why the place will not do, or null. */
  const placeBlocked = computed(() => {
    if (!target.folder) return t('create.needsPlace');
    const nameProblem = fileNameProblem(target.name);
    if (nameProblem) return t(`create.nameProblems.${nameProblem}`);
    if (target.place?.exists && !target.replace) return t('create.exists');
    return target.place && !target.place.writable ? t('create.notWritable') : null;
  });

  /** A name for the result beside the source: `disk.vhd` → `disk-<suffix>.<extension>`. */
  function suggestName(suffix: string, extension: string): void {
    target.name = `${name.value.replace(/\.[^.]*$/, '')}-${suffix}.${extension}`;
  }

  function leave(): void {
    const disk = disks.open.find((candidate) => candidate.id === fileId.value);
    if (disk) disks.show(disk);
    else navigation.go('home');
  }

  return { step, spec, target, targetRef, info, name, operation, done, placeBlocked, suggestName, leave };
}

export type VerbWizard = ReturnType<typeof useVerbWizard>;
