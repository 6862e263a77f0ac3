import { describe, expect, it } from 'vitest';
import { ancestorCode, ancestorShades, drawnStates } from '../../../src-renderer/components/map/ancestors';
import { ANCESTOR_TOKENS, STATE_RANKS, stateIndex } from '../../../src-renderer/components/map/map-states';
import { mergeStates } from '../../../src-renderer/components/map/state-levels';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';

const mapOf = (states: readonly MapCellState[], owners: readonly number[], ancestors: number): MapView => ({
  blockSizeBytes: 2 ** 21,
  sectorBitmapBytes: 512,
  virtualSizeBytes: states.length * 2 ** 21,
  fileSizeBytes: 0,
  blockCount: states.length,
  states: Uint8Array.from(states, stateIndex),
  sectors: new Uint8Array(0),
  owners: Uint8Array.from(owners),
  ownerNames: Array.from({ length: ancestors }, (_, index) => `/chain/${index + 1}.vhd`),
  areas: [],
  counts: {},
  depth: 'bitmaps',
});

describe('blocks that are read from ancestors', () => {
  it('are drawn as their state says where the parent is the only one', () => {
    const map = mapOf(['parent', 'allocated'], [1, 0], 1);
    expect(drawnStates(map)).toBe(map.states);
    expect(ancestorShades(map.states, map.ownerNames)).toEqual([]);
  });

  it('have a shade for each ancestor in use, the parent that of its state', () => {
    const map = mapOf(['parent', 'parent', 'allocated', 'parent', 'unallocated'], [1, 3, 0, 3, 0], 3);
    const drawn = drawnStates(map);
    expect([...drawn]).toEqual([
      stateIndex('parent'),
      ancestorCode(3),
      stateIndex('allocated'),
      ancestorCode(3),
      0,
    ]);
    expect(ancestorShades(drawn, map.ownerNames)).toEqual([
      { code: stateIndex('parent'), token: ANCESTOR_TOKENS[0], path: '/chain/1.vhd', count: 1 },
      { code: ancestorCode(3), token: ANCESTOR_TOKENS[2], path: '/chain/3.vhd', count: 2 },
    ]);
  });

  it('share the last shade where there are more than shades, which then names none of them', () => {
    const map = mapOf(['parent', 'parent', 'parent'], [4, 6, 255], 300);
    const [last, ...others] = ancestorShades(drawnStates(map), map.ownerNames);
    expect(last).toMatchObject({ path: null, count: 3, token: ANCESTOR_TOKENS[3] });
    expect(others).toEqual([]);
  });

  it('have codes that no state has, and count as much as the parent where cells are merged', () => {
    const codes = [2, 3, 4].map(ancestorCode);
    expect(new Set([...codes, ...MAP_CELL_STATES.map(stateIndex)]).size).toBe(MAP_CELL_STATES.length + 3);
    for (const code of codes) expect(STATE_RANKS[code]).toBe(STATE_RANKS[stateIndex('parent')]);
    expect([
      ...mergeStates(Uint8Array.of(0, ancestorCode(2), ancestorCode(3), stateIndex('allocated')), 2),
    ]).toEqual([ancestorCode(2), stateIndex('allocated')]);
  });
});
