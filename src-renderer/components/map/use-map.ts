import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import { MAP_CELL_STATES, type MapView } from '../../../src-shared/model';
import { api } from '../../api';
import { useImages } from '../../stores/images';
import {
  cellOf,
  decodeSectors,
  fileCells,
  guestCells,
  subjectOf,
  type CellOrder,
  type CellSubject,
} from './cell-list';
import { mapRuns } from './map-runs';
import type { PlaceKind } from './parse-place';

const SECTOR_BYTES = 512;

/** The map of one open disk: its reading, its order, its selection. Read again when the file was. */
export function useMap(fileId: Ref<string>) {
  const images = useImages();
  const map = shallowRef<MapView | null>(null);
  const error = ref<AppError | null>(null);
  const loading = ref(false);
  const order = ref<CellOrder>('guest');
  const selected = ref(-1);

  const cells = computed(() => {
    if (!map.value) return null;
    return order.value === 'guest' ? guestCells(map.value) : fileCells(map.value);
  });
  const sectors = computed(() => (map.value ? decodeSectors(map.value) : new Uint32Array(0)));
  const runs = computed(() => (map.value ? mapRuns(map.value) : []));
  const subject = computed<CellSubject | null>(() =>
    cells.value ? subjectOf(cells.value, selected.value) : null,
  );

  async function load(depth: MapView['depth']): Promise<void> {
    loading.value = true;
    try {
      map.value = await api().call('image.map', { fileId: fileId.value, depth });
      error.value = null;
    } catch (failure) {
      error.value = asAppError(failure);
    } finally {
      loading.value = false;
    }
  }

  /** Keeps the block selected while the order changes. */
  function setOrder(next: CellOrder): void {
    const kept = subject.value;
    order.value = next;
    selected.value = kept?.kind === 'block' && cells.value ? cellOf(cells.value, kept.blockIndex) : -1;
  }

  function selectBlock(blockIndex: number): void {
    if (cells.value) selected.value = cellOf(cells.value, blockIndex);
  }

  function stateName(cell: number) {
    return MAP_CELL_STATES[cells.value?.states[cell] ?? 0] ?? 'unallocated';
  }

  /** The block at a place a person names; null where none is there. */
  function blockAt(kind: PlaceKind, value: number): number | null {
    const here = map.value;
    if (!here) return null;
    if (kind === 'file') return blockAtFileOffset(here, sectors.value, value);
    const block =
      kind === 'block'
        ? value
        : Math.floor((kind === 'sector' ? value * SECTOR_BYTES : value) / here.blockSizeBytes);
    return block < here.blockCount ? block : null;
  }

  watch(
    () => [fileId.value, images.stateOf(fileId.value).revision] as const,
    ([id], before) => {
      if (before && before[0] !== id) {
        map.value = null;
        selected.value = -1;
      }
      void load('bitmaps');
    },
    { immediate: true },
  );

  return {
    map,
    cells,
    sectors,
    runs,
    error,
    loading,
    order,
    selected,
    subject,
    load,
    setOrder,
    selectBlock,
    stateName,
    blockAt,
  };
}

function blockAtFileOffset(map: MapView, sectors: Uint32Array, offset: number): number | null {
  if (sectors.length === 0)
    return offset < map.virtualSizeBytes ? Math.floor(offset / map.blockSizeBytes) : null;
  const stride = map.sectorBitmapBytes + map.blockSizeBytes;
  const found = sectors.findIndex(
    (sector) => offset >= sector * SECTOR_BYTES && offset < sector * SECTOR_BYTES + stride,
  );
  return found < 0 ? null : found;
}
