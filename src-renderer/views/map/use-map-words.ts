import { computed, type Ref } from 'vue';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';
import { BAT_UNUSED } from '../../../src-shared/vhd/constants';
import { ancestorShades } from '../../components/map/ancestors';
import { subjectOf, type CellList } from '../../components/map/cell-list';
import { ownerOf } from '../../components/map/map-runs';
import { PROBLEM_STATES } from '../../components/map/map-states';
import { shortName } from '../../components/map/short-name';
import { SECTOR_BYTES } from '../../components/map/use-sectors';
import { t } from '../../i18n';
import { formatInteger, formatOffset, formatSize } from '../../i18n/format';

export interface MapWordsParts {
  readonly name: Ref<string>;
  readonly map: Ref<MapView | null>;
  readonly cells: Ref<CellList | null>;
  readonly sectors: Ref<Uint32Array>;
  /** The block looked at sector by sector, its data's place in the file, and the states of its sectors. */
  readonly block: Ref<{ readonly index: number; readonly dataOffset: number | null } | null>;
  readonly sectorCells: Ref<CellList | null>;
}

/** The map in words: counts, summary, and what a cell is. */
export function useMapWords({ name, map, cells, sectors, block, sectorCells }: MapWordsParts) {
  /** Of blocks in guest order; in file order of what lies in the file; of sectors where a block is looked at. */
  const counts = computed<Partial<Record<MapCellState, number>>>(() => {
    if (sectorCells.value) return countStates(sectorCells.value.states);
    if (!cells.value?.subjects) return map.value?.counts ?? {};
    return countStates(cells.value.states);
  });
  const bytes = computed(() =>
    map.value ? bytesByState(map.value, sectorCells.value ?? cells.value, sectorCells.value !== null) : {},
  );
  const problems = computed(() => PROBLEM_STATES.reduce((sum, state) => sum + (counts.value[state] ?? 0), 0));

  /** Which ancestors are drawn, each with its shade; none where that is told by the state alone. */
  const ancestors = computed(() => {
    const drawn = (sectorCells.value ?? cells.value)?.drawn;
    const shades = drawn && map.value ? ancestorShades(drawn, map.value.ownerNames) : [];
    return shades.map((shade) => ({ ...shade, label: ancestorText(shade.path) }));
  });

  const summary = computed(() => {
    if (!map.value) return '';
    const countOf = (count: number, state: string): string =>
      t('map.countOf', { count: formatInteger(count), state });
    const listed = MAP_CELL_STATES.filter((state) => (counts.value[state] ?? 0) > 0).flatMap((state) =>
      state === 'parent' && ancestors.value.length > 0
        ? ancestors.value.map((shade) => countOf(shade.count, shade.label))
        : [countOf(counts.value[state] ?? 0, t(`map.states.${state}`))],
    );
    if (block.value)
      return t('map.sectorSummary', {
        block: t('map.block', { index: formatInteger(block.value.index) }),
        total: formatInteger(sectorCells.value?.states.length ?? 0),
        counts: listed.join(', '),
      });
    return t('map.summary', {
      name: name.value,
      total: formatInteger(map.value.blockCount),
      size: formatSize(map.value.blockSizeBytes),
      order: t(`map.orders.${cells.value?.order ?? 'guest'}`),
      counts: listed.join(', '),
    });
  });

  function stateText(state: MapCellState, storedIn: string | null): string {
    if (storedIn !== null) return t('map.stateFrom', { ancestor: shortName(storedIn) });
    return t(`map.states.${state}`);
  }

  /** What a cell of the disk is. */
  function cellText(cell: number): string {
    const here = map.value;
    const what = cells.value ? subjectOf(cells.value, cell) : null;
    if (!here || !what) return '';
    if (what.kind === 'area') {
      const area = here.areas[what.areaIndex];
      return area
        ? t('map.readoutArea', {
            what: t(`map.areas.${area.kind}`),
            offset: formatOffset(area.offset),
            size: formatSize(area.length),
          })
        : '';
    }
    const { blockIndex } = what;
    const guest = blockIndex * here.blockSizeBytes;
    const state = MAP_CELL_STATES[here.states[blockIndex] ?? 0] ?? 'unallocated';
    const stored = sectors.value[blockIndex] ?? BAT_UNUSED;
    return [
      t('map.block', { index: formatInteger(blockIndex) }),
      stateText(state, ownerOf(here, blockIndex)),
      t('map.at.guest', { offset: formatOffset(guest) }),
      t('map.at.lba', { sector: formatInteger(guest / SECTOR_BYTES) }),
      ...(stored === BAT_UNUSED ? [] : [t('map.at.file', { offset: formatOffset(stored * SECTOR_BYTES) })]),
    ].join(' · ');
  }

  /** What a sector of the block looked at is. */
  function sectorText(sector: number): string {
    if (!block.value || !map.value) return '';
    const { index, dataOffset } = block.value;
    const guest = index * map.value.blockSizeBytes + sector * SECTOR_BYTES;
    const state = MAP_CELL_STATES[sectorCells.value?.states[sector] ?? 0] ?? 'unallocated';
    return [
      t('map.sectorOf', { index: formatInteger(index), sector: formatInteger(sector) }),
      state === 'parent'
        ? stateText(state, ownerOf(map.value, index))
        : t(`map.sectorStates.${sectorWord(state)}`),
      t('map.at.guest', { offset: formatOffset(guest) }),
      t('map.at.lba', { sector: formatInteger(guest / SECTOR_BYTES) }),
      ...(dataOffset === null
        ? []
        : [t('map.at.file', { offset: formatOffset(dataOffset + sector * SECTOR_BYTES) })]),
    ].join(' · ');
  }

  return { counts, bytes, ancestors, problems, summary, cellText, sectorText };
}

/** What is read from an ancestor; null: from one of several. */
const ancestorText = (path: string | null): string =>
  path === null ? t('map.furtherAncestors') : t('map.stateFrom', { ancestor: shortName(path) });

const sectorWord = (state: MapCellState): 'used' | 'unused' | 'damaged' =>
  state === 'unallocated' || state === 'zero'
    ? 'unused'
    : state === 'overlap' || state === 'outside'
      ? 'damaged'
      : 'used';

/**
 * How many bytes the cells of each state stand for: of the disk in guest order, of the file in file order (where a
 * block has its sector bitmap with it), of sectors in a block.
 */
function bytesByState(
  map: MapView,
  cells: CellList | null,
  isSectors: boolean,
): Partial<Record<MapCellState, number>> {
  const bytes: Partial<Record<MapCellState, number>> = {};
  if (!cells) return bytes;
  const { subjects } = cells;
  const blockBytes = map.blockSizeBytes + (subjects ? map.sectorBitmapBytes : 0);
  const lastGuestBytes = map.virtualSizeBytes - (map.blockCount - 1) * map.blockSizeBytes;
  for (let cell = 0; cell < cells.states.length; cell += 1) {
    const state = MAP_CELL_STATES[cells.states[cell] ?? 0] ?? 'unallocated';
    const subject = subjects?.[cell] ?? cell;
    const size = isSectors
      ? SECTOR_BYTES
      : subject < 0
        ? (map.areas[-1 - subject]?.length ?? 0)
        : !subjects && cell === map.blockCount - 1
          ? lastGuestBytes
          : blockBytes;
    bytes[state] = (bytes[state] ?? 0) + size;
  }
  return bytes;
}

function countStates(states: Uint8Array): Partial<Record<MapCellState, number>> {
  const totals = new Uint32Array(MAP_CELL_STATES.length);
  for (let cell = 0; cell < states.length; cell += 1) totals[states[cell]!]! += 1;
  const counts: Partial<Record<MapCellState, number>> = {};
  MAP_CELL_STATES.forEach((state, index) => {
    if (totals[index]) counts[state] = totals[index];
  });
  return counts;
}
