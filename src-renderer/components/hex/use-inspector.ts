import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import type { InspectedField, InspectedStructure } from '../../../src-shared/model';
import { api } from '../../api';
import { useImages } from '../../stores/images';
import type { ByteRange } from './hex-rows';
import { HexSource } from './hex-source';

/** Structures that are shown from the start; BAT entries and bitmaps come when asked for. */
const isShownFirst = ({ structure }: InspectedStructure): boolean => structure !== 'sectorBitmap';
const keyOf = ({ structure, index }: InspectedStructure): string => `${structure}:${index ?? ''}`;

export interface SelectedField {
  readonly structure: InspectedStructure;
  readonly field: InspectedField;
}

/**
 * Fields, bytes and their explanation as one selection: choosing a field selects its bytes, moving in the bytes
 * selects the field that owns them.
 */
export function useInspector(fileId: Ref<string>) {
  const images = useImages();
  const structures = shallowRef<readonly InspectedStructure[]>([]);
  const source = shallowRef<HexSource | null>(null);
  const error = ref<AppError | null>(null);
  /** Below zero until a place is chosen. */
  const cursor = ref(-1);
  const selection = ref<ByteRange | null>(null);

  /** Where structures lie over one another the smallest field wins: a locator entry over the header's row of them. */
  const selected = computed<SelectedField | null>(() => {
    let best: SelectedField | null = null;
    for (const structure of structures.value) {
      for (const field of structure.fields) {
        const holds = cursor.value >= field.offset && cursor.value < field.offset + field.length;
        if (holds && (!best || field.length <= best.field.length)) best = { structure, field };
      }
    }
    return best;
  });
  const owner = computed(() => {
    void source.value?.version.value;
    return source.value?.ownerAt(cursor.value) ?? null;
  });

  async function load(): Promise<void> {
    try {
      const id = fileId.value;
      const report = await api().call('image.inspect', { fileId: id });
      const { fileSizeBytes } = await api().call('image.bytes', { fileId: id, offset: 0, length: 0 });
      structures.value = report.structures.filter(isShownFirst);
      source.value = new HexSource(id, fileSizeBytes);
      error.value = null;
    } catch (failure) {
      error.value = asAppError(failure);
    }
  }

  /** Adds one BAT entry or bitmap to the structures, and goes there. @throws AppError */
  async function show(structure: 'bat' | 'sectorBitmap', index: number): Promise<void> {
    const report = await api().call('image.inspect', { fileId: fileId.value, structure, index });
    const added = report.structures.filter((one) => one.present);
    const keys = new Set(added.map(keyOf));
    structures.value = [...structures.value.filter((one) => !keys.has(keyOf(one))), ...added];
    const [field] = added[0]?.fields ?? [];
    if (field) selectField(field);
    else if (added[0]) goTo(added[0].offset);
  }

  function selectField(field: InspectedField): void {
    cursor.value = field.offset;
    selection.value = { offset: field.offset, length: Math.max(1, field.length) };
  }

  function goTo(offset: number, length = 1): void {
    cursor.value = offset;
    selection.value = { offset, length };
  }

  function leave(): void {
    cursor.value = -1;
    selection.value = null;
  }

  watch(
    () => [fileId.value, images.stateOf(fileId.value).revision] as const,
    ([id], before) => {
      if (before && before[0] !== id) leave();
      void load();
    },
    { immediate: true },
  );

  return { structures, source, error, cursor, selection, selected, owner, load, show, selectField, goTo };
}
