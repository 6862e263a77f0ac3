import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';
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
import { keepMap, keptMap } from './kept-map';
import type { PlaceKind } from './parse-place';

const SECTOR_BYTES = 512;
/** Stored blocks from which on the BAT alone is shown first: reading so many bitmaps takes its time. */
const QUICK_FROM_BLOCKS = 4096;
/** Stored blocks up to which the bitmaps are read unasked; of more, reading takes long enough to be asked for. */
const UNASKED_BLOCKS_MAX = 65_536;

/** The map of one open disk: its reading, its order, its selection. Read again when the file was. */
export function useMap(fileId: Ref<string>) {
  const images = useImages();
  const map = shallowRef<MapView | null>(null);
  const error = shallowRef<AppError | null>(null);
  const loading = ref(false);
  /** The BAT is drawn; the sector bitmaps are read when asked, are being read, or could not be. */
  const refining = ref(false);
  const canRefine = ref(false);
  const refineError = shallowRef<AppError | null>(null);
  const order = ref<CellOrder>('guest');
  const selected = ref(-1);
  let reading = 0;

  const sectors = computed(() => (map.value ? decodeSectors(map.value) : new Uint32Array(0)));
  const cells = computed(() => {
    if (!map.value) return null;
    return order.value === 'guest' ? guestCells(map.value) : fileCells(map.value, sectors.value);
  });
  const subject = computed<CellSubject | null>(() =>
    cells.value ? subjectOf(cells.value, selected.value) : null,
  );

  const ask = (id: string, depth: MapView['depth']): Promise<MapView> =>
    api().call('image.map', { fileId: id, depth });

  /** What is read now is newer than facts from before a change outside: those are read again, and the map with them. */
  function readsAnew(id: string): boolean {
    if (images.stateOf(id).outside !== 'changed') return false;
    void images.load(id);
    return true;
  }

  async function load(id: string): Promise<void> {
    if (readsAnew(id)) return;
    const turn = ++reading;
    const isLate = (): boolean => turn !== reading;
    loading.value = true;
    refining.value = false;
    canRefine.value = false;
    refineError.value = null;
    const stored = images.stateOf(id).info?.blocks?.allocated ?? 0;
    const isQuick = stored > QUICK_FROM_BLOCKS;
    try {
      const first = await ask(id, isQuick ? 'bat' : 'bitmaps');
      if (isLate()) return;
      map.value = first;
      error.value = null;
      canRefine.value = isQuick;
    } catch (failure) {
      if (!isLate()) error.value = asAppError(failure);
    } finally {
      if (!isLate()) loading.value = false;
    }
    if (!isLate() && canRefine.value && stored <= UNASKED_BLOCKS_MAX) await refine();
  }

  /** Reads the sector bitmaps of a map that was made from the BAT alone. */
  async function refine(): Promise<void> {
    if (readsAnew(fileId.value)) return;
    const turn = reading;
    const isLate = (): boolean => turn !== reading;
    canRefine.value = false;
    refineError.value = null;
    refining.value = true;
    try {
      const whole = await ask(fileId.value, 'bitmaps');
      if (!isLate()) map.value = whole;
    } catch (failure) {
      if (!isLate()) refineError.value = asAppError(failure);
    } finally {
      if (!isLate()) refining.value = false;
    }
  }

  /** Keeps the block selected while the order changes. */
  function setOrder(next: CellOrder): void {
    const kept = subject.value;
    order.value = next;
    selected.value = kept?.kind === 'block' && cells.value ? cellOf(cells.value, kept.blockIndex) : -1;
  }

  /** Selects a block; where the order in force has none of it, the order in which it is to be found. */
  function selectBlock(blockIndex: number): void {
    if (!cells.value) return;
    if (cellOf(cells.value, blockIndex) < 0) order.value = 'guest';
    selected.value = cellOf(cells.value, blockIndex);
  }

  function stateName(cell: number): MapCellState {
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

  /** Where the bytes behind a cell begin: its data, its area, or the BAT entry that says that nothing is stored. */
  function fileOffsetOf(cell: number): number | null {
    const here = map.value;
    const what = cells.value ? subjectOf(cells.value, cell) : null;
    if (!here || !what) return null;
    if (what.kind === 'area') return here.areas[what.areaIndex]?.offset ?? null;
    if (sectors.value.length === 0) return what.blockIndex * here.blockSizeBytes;
    const sector = sectors.value[what.blockIndex] ?? BAT_UNUSED;
    const offset = sector * SECTOR_BYTES;
    if (sector !== BAT_UNUSED && offset < here.fileSizeBytes) return offset;
    const bat = here.areas.find((area) => area.kind === 'bat');
    return bat ? bat.offset + what.blockIndex * BAT_ENTRY_SIZE_BYTES : null;
  }

  watch(
    () => [fileId.value, images.stateOf(fileId.value).revision] as const,
    ([id, revision], before) => {
      if (!before || before[0] !== id) {
        const kept = keptMap(id, revision);
        map.value = kept?.map ?? null;
        order.value = kept?.order ?? 'guest';
        selected.value = kept?.selected ?? -1;
        if (kept) return;
      }
      void load(id);
    },
    { immediate: true },
  );
  watch([map, order, selected], () => {
    if (map.value?.depth !== 'bitmaps') return;
    const { revision } = images.stateOf(fileId.value);
    const state = { revision, map: map.value, order: order.value, selected: selected.value };
    if (revision > 0) keepMap(fileId.value, state);
  });

  return {
    map,
    cells,
    sectors,
    error,
    loading,
    refining,
    canRefine,
    refine,
    refineError,
    order,
    selected,
    subject,
    setOrder,
    selectBlock,
    stateName,
    blockAt,
    fileOffsetOf,
  };
}

function blockAtFileOffset(map: MapView, sectors: Uint32Array, offset: number): number | null {
  if (sectors.length === 0)
    return offset < map.virtualSizeBytes ? Math.floor(offset / map.blockSizeBytes) : null;
  const stride = map.sectorBitmapBytes + map.blockSizeBytes;
  const found = sectors.findIndex(
    (sector) =>
      sector !== BAT_UNUSED && offset >= sector * SECTOR_BYTES && offset < sector * SECTOR_BYTES + stride,
  );
  return found < 0 ? null : found;
}
