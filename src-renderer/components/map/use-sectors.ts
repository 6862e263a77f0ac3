import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { BlockFacts } from '../../../src-shared/ipc';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';
import { api } from '../../api';
import { ancestorCode } from './ancestors';
import type { CellList, CellOrder } from './cell-list';
import { stateIndex } from './map-states';

export const SECTOR_BYTES = 512;

/** A block is looked at sector by sector where its bitmap says something; the others are of one state throughout. */
const BY_BITMAP: readonly MapCellState[] = [
  'allocated',
  'partial',
  'zero',
  'unaligned',
  'parent',
  'unallocated',
];

/** States of a block's sectors. A sector whose bit is clear is read from the parent, where there is one. */
export function sectorStates(facts: BlockFacts, state: MapCellState, isChild: boolean): Uint8Array {
  const states = new Uint8Array(Math.ceil(facts.lengthBytes / SECTOR_BYTES)).fill(stateIndex(state));
  if (facts.bitmap.length === 0 || !BY_BITMAP.includes(state)) return states;
  const set = stateIndex('allocated');
  const clear = stateIndex(isChild ? 'parent' : 'unallocated');
  for (let sector = 0; sector < states.length; sector += 1) {
    const isSet = ((facts.bitmap[sector >> 3] ?? 0) & (0x80 >> (sector & 7))) !== 0;
    states[sector] = isSet ? set : clear;
  }
  return states;
}

/** The block that is looked at by the sector, the closest the map comes; none until `enter`. */
export function useSectors(fileId: Ref<string>, map: Ref<MapView | null>, order: Ref<CellOrder>) {
  const facts = shallowRef<BlockFacts | null>(null);
  const sector = ref(-1);
  let asked = 0;

  const cells = computed<CellList | null>(() => {
    const here = map.value;
    if (!facts.value || !here) return null;
    const state = MAP_CELL_STATES[here.states[facts.value.index] ?? 0] ?? 'unallocated';
    const states = sectorStates(facts.value, state, here.ownerNames.length > 0);
    // The order of the blocks: going into one is no change of order.
    const list = { order: order.value, states, subjects: null, cellOfBlock: null };
    if (state !== 'parent' || here.ownerNames.length < 2) return list;
    const code = ancestorCode(here.owners[facts.value.index] ?? 1);
    return { ...list, drawn: new Uint8Array(states.length).fill(code) };
  });

  /** @param at the sector to begin at; from the end where it is below zero */
  async function enter(blockIndex: number, at = 0): Promise<void> {
    if (!map.value || blockIndex < 0 || blockIndex >= map.value.blockCount) return;
    const turn = ++asked;
    // A block that cannot be looked at stays a cell of the map.
    const found = await api()
      .call('image.block', { fileId: fileId.value, blockIndex })
      .catch(() => null);
    if (!found || turn !== asked) return;
    facts.value = found;
    const count = Math.ceil(found.lengthBytes / SECTOR_BYTES);
    sector.value = Math.min(count - 1, at < 0 ? count + at : at);
  }

  function leave(): void {
    asked += 1;
    facts.value = null;
    sector.value = -1;
  }

  const blockIndex = computed(() => facts.value?.index ?? -1);
  watch(map, leave);
  return { facts, cells, sector, blockIndex, enter, leave };
}
