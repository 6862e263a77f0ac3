import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { computed, defineComponent, h } from 'vue';
import CompareMap from '../../../src-renderer/components/compare/CompareMap.vue';
import {
  DIFFERENCE_TOKENS,
  type DifferenceState,
} from '../../../src-renderer/components/compare/difference-cells';
import { useComparison } from '../../../src-renderer/components/compare/use-comparison';
import { ZOOM_STEPS } from '../../../src-renderer/components/map/map-zoom';
import {
  MAP_CELL_STATES,
  type CompareResult,
  type JobSnapshot,
  type MapCellState,
  type MapView,
} from '../../../src-shared/model';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

const MIB = 1024 * 1024;

function mapOf(states: readonly MapCellState[], blockSizeBytes = 2 * MIB): MapView {
  return {
    blockSizeBytes,
    sectorBitmapBytes: 512,
    virtualSizeBytes: states.length * blockSizeBytes,
    fileSizeBytes: 10 * MIB,
    blockCount: states.length,
    states: Uint8Array.from(states, (state) => MAP_CELL_STATES.indexOf(state)),
    sectors: new Uint8Array(0),
    owners: new Uint8Array(0),
    ownerNames: [],
    areas: [],
    counts: {},
    depth: 'bitmaps',
  };
}

/** By block: both, only first, only second, neither, both, zero beside nothing, from the parent beside data, only first. */
const A = mapOf([
  'allocated',
  'allocated',
  'unallocated',
  'unallocated',
  'partial',
  'zero',
  'parent',
  'allocated',
]);
const B = mapOf([
  'allocated',
  'unallocated',
  'partial',
  'unallocated',
  'allocated',
  'unallocated',
  'allocated',
]);

/** Blocks 1, 2 and 4 differ: 0110 1000. */
const RESULT: CompareResult = {
  identical: false,
  firstDifferenceOffset: 2 * MIB,
  differingBytes: 9,
  ranges: [],
  aSizeBytes: A.virtualSizeBytes,
  bSizeBytes: B.virtualSizeBytes,
  differingBlocks: Uint8Array.of(0b0110_1000),
};

const JOB: JobSnapshot = {
  id: 'job-1',
  verb: 'compare',
  source: 'a.vhd',
  target: null,
  state: 'succeeded',
  subjectIds: ['a', 'b'],
  changedIds: [],
  progress: null,
  bytesPerSecond: null,
  secondsLeft: null,
  createdAt: '2026-11-23T10:00:00Z',
  startedAt: '2026-11-23T10:00:00Z',
  endedAt: '2026-11-23T10:00:01Z',
  command: '',
  result: RESULT,
  error: null,
  produced: [],
};

async function show(a = A, b = B) {
  const shown: (readonly [number, boolean])[] = [];
  const client = loopback({
    'image.map': ({ fileId }) => (fileId === 'a' ? a : b),
    'jobs.start': () => ({ jobId: JOB.id }),
    'jobs.list': () => ({ jobs: [JOB] }),
  });
  const screen = await mount(
    defineComponent(() => {
      const comparison = useComparison(computed(() => ({ a: 'a', b: 'b' })));
      return () =>
        h('div', { style: 'display:flex;flex-direction:column;width:800px;height:600px' }, [
          h(CompareMap, {
            comparison,
            onShow: (offset: number, differs: boolean) => shown.push([offset, differs]),
          }),
        ]);
    }),
    {},
    client,
  );
  const view = screen.getByRole('application', { name: /Map of differences/ });
  await expect.element(view).toBeVisible();
  return { screen, client, view, shown, canvas: () => view.element() as HTMLCanvasElement };
}

const CELL_PX = ZOOM_STEPS.at(-1)!.cellPx;

/** The colour in the lower right of a cell, clear of the hatching; of the theme in force. */
function colourAt(canvas: HTMLCanvasElement, cell: number): string {
  const ratio = canvas.width / canvas.clientWidth;
  const columns = Math.floor(canvas.clientWidth / CELL_PX);
  const x = ((cell % columns) + 0.75) * CELL_PX * ratio;
  const y = (Math.floor(cell / columns) + 0.75) * CELL_PX * ratio;
  return Array.from(canvas.getContext('2d')!.getImageData(x, y, 1, 1).data).join();
}

function colourOf(state: DifferenceState): string {
  const probe = document.createElement('canvas');
  const context = probe.getContext('2d')!;
  context.fillStyle = getComputedStyle(document.body).getPropertyValue(DIFFERENCE_TOKENS[state]).trim();
  context.fillRect(0, 0, 1, 1);
  return Array.from(context.getImageData(0, 0, 1, 1).data).join();
}

const colours = (canvas: HTMLCanvasElement, count: number): string[] =>
  Array.from({ length: count }, (_, cell) => colourAt(canvas, cell));

const BEFORE: readonly DifferenceState[] = [
  'both',
  'onlyA',
  'onlyB',
  'neither',
  'both',
  'neither',
  'both',
  'onlyA',
];
const AFTER: readonly DifferenceState[] = [
  'same',
  'onlyA',
  'onlyB',
  'neither',
  'differs',
  'neither',
  'same',
  'sameStored',
];

describe('the map of differences', () => {
  test('paints every block by what both sides hold, before the content is compared', async () => {
    const { canvas, screen } = await show();
    await expect.poll(() => colours(canvas(), 8)).toEqual(BEFORE.map(colourOf));
    await expect.element(screen.getByRole('button', { name: /In both, not compared yet\s*3/ })).toBeVisible();
    await expect.element(screen.getByRole('button', { name: /Only in the first\s*2/ })).toBeVisible();
  });

  test('tells the same from what differs once the content is compared, by blocks of the map', async () => {
    const { canvas, screen, client } = await show();
    await userEvent.click(screen.getByRole('button', { name: 'Compare the content' }));
    await expect.poll(() => colours(canvas(), 8)).toEqual(AFTER.map(colourOf));
    expect(client.calls.find(({ method }) => method === 'jobs.start')?.input).toEqual({
      operation: { verb: 'compare', fileId: 'a', otherId: 'b', blockSizeBytes: 2 * MIB },
    });
    await expect.element(screen.getByRole('button', { name: /Differs\s*1/ })).toBeVisible();
    await expect.element(screen.getByRole('button', { name: /The same\s*2/ })).toBeVisible();
  });

  test('lays maps of other block sizes over each other in units of the larger one', async () => {
    const fine = mapOf(['unallocated', 'allocated', 'unallocated', 'unallocated', 'zero', 'zero'], MIB);
    const { canvas } = await show(mapOf(['allocated', 'allocated', 'unallocated']), fine);
    const wanted: readonly DifferenceState[] = ['both', 'onlyA', 'neither'];
    await expect.poll(() => colours(canvas(), 3)).toEqual(wanted.map(colourOf));
  });

  test('hides what is switched off in the legend', async () => {
    const { canvas, screen } = await show();
    await expect.poll(() => colourAt(canvas(), 1)).toBe(colourOf('onlyA'));
    await userEvent.click(screen.getByRole('button', { name: /Only in the first/ }));
    await expect.poll(() => colourAt(canvas(), 1)).not.toBe(colourOf('onlyA'));
    expect(colourAt(canvas(), 0)).toBe(colourOf('both'));
  });

  test('is gone through by keyboard, says where one is, and shows the bytes', async () => {
    const { canvas, screen, shown } = await show();
    await expect.poll(() => colourAt(canvas(), 0)).toBe(colourOf('both'));
    canvas().focus();
    await userEvent.keyboard('n');
    await expect
      .element(screen.getByText('Block 1 · Only in the first', { exact: false }).first())
      .toHaveTextContent('guest 0x00200000 · first: Allocated · second: Not allocated');
    await userEvent.keyboard('nnn');
    await expect.element(screen.getByText(/^Block 1 ·/).first()).toBeVisible();
    await userEvent.keyboard('p');
    await expect.element(screen.getByText(/^Block 7 · .* second: behind its end$/).first()).toBeVisible();
    await userEvent.keyboard('{Enter}');
    await userEvent.keyboard('{Home}{ArrowRight}{ArrowRight}{ArrowRight}{Enter}');
    expect(shown).toEqual([
      [14 * MIB, true],
      [6 * MIB, false],
    ]);
  });

  test('answers the pointer: over a cell it reads it out, a click shows its bytes', async () => {
    const { canvas, screen, view, shown } = await show();
    await expect.poll(() => colourAt(canvas(), 0)).toBe(colourOf('both'));
    const at = { x: 1.5 * CELL_PX, y: 0.5 * CELL_PX };
    await userEvent.hover(view, { position: at });
    await expect.element(screen.getByText(/^Block 1 · Only in the first/).first()).toBeVisible();
    await userEvent.click(view, { position: at });
    expect(shown).toEqual([[2 * MIB, true]]);
  });

  test('is there in words, too', async () => {
    const { screen, view } = await show();
    await expect
      .element(view)
      .toHaveAccessibleName(/8 blocks of 2 MiB\. Only in the second: 1, Only in the first: 2/);
    await userEvent.click(screen.getByText('Table', { exact: true }));
    const rows = screen.getByRole('grid', { name: /compare alike/ }).getByRole('row');
    await expect.poll(() => rows.elements().length).toBe(9);
    await expect.element(rows.nth(2)).toHaveTextContent('1Only in the first0x002000002 MiB');
  });

  test('paints a million blocks', async () => {
    const states = Array.from({ length: 1_044_480 }, (_, block): MapCellState =>
      block % 3 ? 'unallocated' : 'allocated',
    );
    const { view, canvas } = await show(mapOf(states), mapOf(states.map(() => 'allocated')));
    await expect.element(view).toHaveAccessibleName(/1,044,480 blocks/);
    const firstPixel = (): string =>
      Array.from(canvas().getContext('2d')!.getImageData(0, 0, 1, 1).data).join();
    // One pixel stands for several blocks: what is not the same wins.
    await expect.poll(firstPixel).toBe(colourOf('onlyB'));
  });
});
