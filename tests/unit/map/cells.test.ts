import { describe, expect, it } from 'vitest';
import { MAP_CELL_STATES, type MapCellState, type MapView } from '../../../src-shared/model';
import {
  cellOf,
  decodeSectors,
  fileCells,
  findState,
  guestCells,
  nextChange,
  subjectOf,
} from '../../../src-renderer/components/map/cell-list';
import { CSV_HEADER, runsBetween, runsToCsv, runStarts } from '../../../src-renderer/components/map/map-runs';
import { planMorph, paintMorph } from '../../../src-renderer/components/map/morph';
import { mergeStates, statesAt } from '../../../src-renderer/components/map/state-levels';
import { stateIndex } from '../../../src-renderer/components/map/map-states';
import { fittingZoom, rowsAt, ZOOM_STEPS } from '../../../src-renderer/components/map/map-zoom';
import {
  cellAt,
  cellBox,
  paintCells,
  type PaintFrame,
} from '../../../src-renderer/components/map/paint-cells';
import { parseCount } from '../../../src-renderer/components/map/parse-place';

const UNUSED = 0xffffffff;

function mapOf(sectors: readonly number[], states: readonly MapCellState[]): MapView {
  const bytes = Buffer.alloc(sectors.length * 4);
  sectors.forEach((sector, index) => bytes.writeUInt32BE(sector, index * 4));
  return {
    blockSizeBytes: 2 ** 21,
    sectorBitmapBytes: 512,
    virtualSizeBytes: sectors.length * 2 ** 21,
    fileSizeBytes: 0,
    blockCount: sectors.length,
    states: Uint8Array.from(states, stateIndex),
    sectors: new Uint8Array(bytes),
    owners: new Uint8Array(0),
    ownerNames: [],
    areas: [
      { offset: 0, length: 512, kind: 'footerCopy' },
      { offset: 2048, length: 100, kind: 'blocks' },
      { offset: 9000 * 512, length: 512, kind: 'footer' },
    ],
    counts: {},
    depth: 'bat',
  };
}

const shuffled = mapOf([4101, UNUSED, 4, 8198], ['allocated', 'unallocated', 'partial', 'overlap']);

describe('cells of a map', () => {
  it('are blocks in guest order', () => {
    const cells = guestCells(shuffled);
    expect(subjectOf(cells, 2)).toEqual({ kind: 'block', blockIndex: 2 });
    expect(subjectOf(cells, 4)).toBeNull();
  });

  it('lie in file order between the areas of the file, without the unallocated ones', () => {
    const cells = fileCells(shuffled, decodeSectors(shuffled));
    expect(Array.from(cells.states, (_, cell) => subjectOf(cells, cell))).toEqual([
      { kind: 'area', areaIndex: 0 },
      { kind: 'block', blockIndex: 2 },
      { kind: 'block', blockIndex: 0 },
      { kind: 'block', blockIndex: 3 },
      { kind: 'area', areaIndex: 2 },
    ]);
    expect([0, 1, 2, 3].map((block) => cellOf(cells, block))).toEqual([2, -1, 1, 3]);
    expect(Array.from(cells.states, (state) => MAP_CELL_STATES[state])).toEqual([
      'metadata',
      'partial',
      'allocated',
      'overlap',
      'footer',
    ]);
  });

  it('keep file order up to the largest sectors there are', () => {
    const count = 2 ** 22;
    const sectors = Array.from({ length: count }, () => UNUSED);
    sectors[count - 1] = UNUSED - 2;
    sectors[count - 2] = UNUSED - 1;
    const map = mapOf(sectors, []);
    const cells = fileCells({ ...map, states: new Uint8Array(count), areas: [] }, decodeSectors(map));
    expect(subjectOf(cells, 0)).toEqual({ kind: 'block', blockIndex: count - 1 });
    expect(subjectOf(cells, 1)).toEqual({ kind: 'block', blockIndex: count - 2 });
  });

  it('show the worst state where several share a cell', () => {
    const merged = mergeStates(shuffled.states, 2);
    expect(Array.from(merged, (state) => MAP_CELL_STATES[state])).toEqual(['allocated', 'overlap']);
  });

  it('show the same however many levels of zoom lie between', () => {
    const states = Uint8Array.from({ length: 1001 }, (_, index) => (index * 7) % MAP_CELL_STATES.length);
    for (const perCell of [1, 2, 8, 256])
      expect(statesAt(states, perCell)).toEqual(mergeStates(states, perCell));
  });

  it('are searched around the end, in both directions', () => {
    const wanted = new Set([stateIndex('overlap')]);
    expect(findState(shuffled.states, 3, wanted, false)).toBe(3);
    expect(findState(shuffled.states, 0, wanted, true)).toBe(3);
    expect(findState(shuffled.states, 0, new Set([stateIndex('zero')]), false)).toBe(-1);
    expect(nextChange(Uint8Array.of(1, 1, 2, 2), 0, false)).toBe(2);
    expect(nextChange(Uint8Array.of(1, 1, 2, 2), 3, true)).toBe(0);
  });
});

const runsOf = (map: MapView) => runsBetween(map, decodeSectors(map), runStarts(map), 0, Infinity);

describe('runs of a map', () => {
  it('say where their data lies and end with the disk', () => {
    const map: MapView = {
      ...mapOf([4, 4101, UNUSED], ['allocated', 'allocated', 'unallocated']),
      virtualSizeBytes: 5 * 2 ** 20,
    };
    expect(runsOf(map)).toEqual([
      {
        firstBlock: 0,
        count: 2,
        state: 'allocated',
        guestOffset: 0,
        lengthBytes: 2 ** 22,
        fileOffset: 2560,
        storedIn: null,
      },
      {
        firstBlock: 2,
        count: 1,
        state: 'unallocated',
        guestOffset: 2 ** 22,
        lengthBytes: 2 ** 20,
        fileOffset: null,
        storedIn: null,
      },
    ]);
    expect(`${CSV_HEADER}${runsToCsv(runsOf(map))}`.split('\n')[2]).toBe('2,1,unallocated,4194304,1048576,,');
  });

  it('end where another ancestor begins, and name it', () => {
    const map: MapView = {
      ...mapOf([UNUSED, UNUSED, UNUSED, UNUSED], ['parent', 'parent', 'parent', 'unallocated']),
      owners: Uint8Array.of(1, 1, 2, 0),
      ownerNames: ['/a/parent.vhd', '/a/grand "parent", old.vhd'],
    };
    expect(runsOf(map).map(({ firstBlock, storedIn }) => [firstBlock, storedIn])).toEqual([
      [0, '/a/parent.vhd'],
      [2, '/a/grand "parent", old.vhd'],
      [3, null],
    ]);
    expect(runsToCsv(runsOf(map)).split('\n')[1]).toBe(
      '2,1,parent,4194304,2097152,,"/a/grand ""parent"", old.vhd"',
    );
  });

  it('come in parts that together are all of them', () => {
    const map = mapOf([4, UNUSED, 4101, UNUSED], ['allocated', 'unallocated', 'allocated', 'unallocated']);
    const starts = runStarts(map);
    const sectors = decodeSectors(map);
    expect([...runsBetween(map, sectors, starts, 0, 3), ...runsBetween(map, sectors, starts, 3, 6)]).toEqual(
      runsOf(map),
    );
  });
});

describe('painting', () => {
  const frame: PaintFrame = { widthPx: 20, heightPx: 12, columns: 4, cellPx: 5, firstRow: 0, offsetPx: 0 };
  const palette = Uint32Array.from(MAP_CELL_STATES, (_, index) => 100 + index);

  it('fills each cell and leaves a gap between', () => {
    const pixels = new Uint32Array(20 * 12);
    paintCells(pixels, frame, Uint8Array.of(1, 2, 3, 4, 5), palette, 7);
    const at = (x: number, y: number): number => pixels[y * 20 + x] ?? 0;
    expect([at(0, 0), at(3, 3), at(4, 0), at(5, 0), at(15, 3), at(0, 4), at(0, 5), at(5, 5)]).toEqual([
      101, 101, 7, 102, 104, 7, 105, 7,
    ]);
  });

  it('scrolls by parts of a cell', () => {
    const pixels = new Uint32Array(20 * 12);
    paintCells(pixels, { ...frame, offsetPx: 3 }, Uint8Array.of(1, 1, 1, 1, 2), palette, 7);
    expect([pixels[0], pixels[20], pixels[40]]).toEqual([101, 7, 102]);
  });

  it('puts a million cells into a pixel each', () => {
    const pixels = new Uint32Array(1024 * 1024);
    const states = new Uint8Array(1024 * 1024).fill(2);
    states[1024 * 1024 - 1] = 3;
    paintCells(
      pixels,
      { widthPx: 1024, heightPx: 1024, columns: 1024, cellPx: 1, firstRow: 0, offsetPx: 0 },
      states,
      palette,
      7,
    );
    expect([pixels[0], pixels[1024 * 1024 - 1]]).toEqual([102, 103]);
  });

  it('finds the cell under a point where it drew it', () => {
    for (const cell of [0, 3, 4, 7]) {
      const box = cellBox(frame, cell);
      expect(cellAt(frame, box.x + 1, box.y + 1, 8)).toBe(cell);
    }
    expect(cellAt(frame, 1, 11, 8)).toBe(-1);
    expect(cellAt(frame, -1, 0, 8)).toBe(-1);
  });
});

describe('the change between two orders', () => {
  const frame: PaintFrame = { widthPx: 4, heightPx: 4, columns: 4, cellPx: 1, firstRow: 0, offsetPx: 0 };
  const palette = Uint32Array.from(MAP_CELL_STATES, (_, index) => 100 + index);
  const plan = planMorph(
    guestCells(shuffled),
    fileCells(shuffled, decodeSectors(shuffled)),
    shuffled.states,
    1,
    frame,
  );
  const drawnAt = (share: number): number[] => {
    const pixels = new Uint32Array(16);
    paintMorph(pixels, frame, plan, palette, 7, share);
    return [...pixels.subarray(0, 5)];
  };

  it('begins where the blocks were and ends where they will be; what is in one order only is left out', () => {
    expect(plan.count).toBe(3);
    expect(drawnAt(0)).toEqual([101, 7, 102, 105, 7]);
    expect(drawnAt(1)).toEqual([7, 102, 101, 105, 7]);
  });
});

describe('zoom', () => {
  it('shows all of a disk at the closest step at which it fits', () => {
    const index = fittingZoom(1_044_480, 1280, 800);
    expect(ZOOM_STEPS[index]).toEqual({ blocksPerCell: 2, cellPx: 1 });
    expect(rowsAt(ZOOM_STEPS[index]!, 1_044_480, 1280)).toBeLessThanOrEqual(800);
    expect(ZOOM_STEPS[fittingZoom(20, 1280, 800)]?.cellPx).toBe(44);
  });
});

describe('a typed place', () => {
  it.each([
    ['4096', 4096],
    ['1,048,576', 1048576],
    ['0x7F00000000', 545460846592],
    [' 12 ', 12],
  ])('%j is %d', (text, value) => expect(parseCount(text)).toBe(value));
  it.each(['', 'x', '-1', '1.5', '0x', '99999999999999999999'])('%j is none', (text) =>
    expect(parseCount(text)).toBeNull(),
  );
});
