import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import type { OperationSpec } from '../../../src-shared/ipc';
import type { CompareResult, MapView } from '../../../src-shared/model';
import { api } from '../../api';
import { useOperation } from '../../composables/use-operation';
import { commonUnit, differenceCells } from './difference-cells';

export interface Sides {
  readonly a: string;
  readonly b: string;
}

/** What is known of two images laid side by side: their maps, and once a job has read it all, where content differs. */
export function useComparison(sides: Readonly<Ref<Sides>>) {
  const maps = shallowRef<readonly [MapView, MapView] | null>(null);
  const mapError = ref<AppError | null>(null);
  let loading: Promise<void> | null = null;

  const unitBytes = computed(() => (maps.value ? commonUnit(...maps.value) : null));
  const spec = computed<OperationSpec>(() => ({
    verb: 'compare',
    fileId: sides.value.a,
    otherId: sides.value.b,
    ...(unitBytes.value === null ? {} : { blockSizeBytes: unitBytes.value }),
  }));
  const operation = useOperation(spec, ref(false));
  const result = computed(() =>
    operation.job.value?.state === 'succeeded' ? (operation.job.value.result as CompareResult) : null,
  );
  const cells = computed(() =>
    maps.value && unitBytes.value !== null
      ? differenceCells(...maps.value, unitBytes.value, result.value?.differingBlocks ?? null)
      : null,
  );
  const running = computed(() => operation.job.value !== null && !operation.ended.value);

  function loadMaps(): Promise<void> {
    loading ??= readMaps(sides.value);
    return loading;
  }

  async function readMaps({ a, b }: Sides): Promise<void> {
    try {
      const both = await Promise.all([
        api().call('image.map', { fileId: a, depth: 'bitmaps' }),
        api().call('image.map', { fileId: b, depth: 'bitmaps' }),
      ]);
      if (sides.value.a === a && sides.value.b === b) maps.value = both;
    } catch (failure) {
      if (sides.value.a === a && sides.value.b === b) mapError.value = asAppError(failure);
    }
  }

  /** Reads the content of both as a job. The maps come first: their blocks are what the answer is given by. */
  async function compareContent(): Promise<void> {
    await loadMaps();
    await operation.start();
  }

  watch(
    () => `${sides.value.a} ${sides.value.b}`,
    () => {
      maps.value = null;
      mapError.value = null;
      loading = null;
      operation.reset();
    },
  );

  return { maps, mapError, unitBytes, cells, result, running, operation, loadMaps, compareContent };
}

export type Comparison = ReturnType<typeof useComparison>;
