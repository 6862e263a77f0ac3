import { computed, ref, watch, type Ref } from 'vue';
import type { OperationSpec } from '../../src-shared/ipc';
import { useDisks } from '../stores/disks';
import { useImages } from '../stores/images';
import { useNavigation } from '../stores/navigation';
import { useOperation } from './use-operation';
import { usePlace, type PlaceChoice } from './use-place';

export type VerbStep = 'what' | 'place' | 'review';

interface VerbPlan {
  /** The operation as the form stands, from the place chosen for a new file; null while something is missing. */
  readonly spec: (chosen: PlaceChoice['chosen']['value']) => OperationSpec | null;
  /** Names the result after its source: `disk.vhd` becomes `disk-<suffix>.<extension>`. */
  readonly names?: () => { readonly suffix: string; readonly extension: string };
}

/** What the wizards over an open image share: its facts, the place of the result, review, job. */
export function useVerbWizard(fileId: Ref<string>, plan: VerbPlan) {
  const images = useImages();
  const disks = useDisks();
  const navigation = useNavigation();
  const step = ref<VerbStep>('what');
  const where = usePlace('', fileId);
  const operation = useOperation(
    computed(() => plan.spec(where.chosen.value)),
    computed(() => step.value === 'review'),
  );

  void images.ensure(fileId.value);
  const info = computed(() => images.stateOf(fileId.value).info);
  const disk = computed(() => disks.open.find((candidate) => candidate.id === fileId.value) ?? null);
  const name = computed(() => disk.value?.name ?? '');

  watch(
    [name, () => plan.names?.()],
    ([source, result]) => {
      if (result) where.place.name = `${source.replace(/\.[^.]*$/, '')}-${result.suffix}.${result.extension}`;
    },
    { immediate: true },
  );

  function leave(): void {
    if (disk.value) disks.show(disk.value);
    else navigation.go('home');
  }

  return { step, where, info, name, operation, leave };
}

export type VerbWizard = ReturnType<typeof useVerbWizard>;
