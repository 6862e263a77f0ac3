import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import MapCanvas from '../../../src-renderer/components/map/MapCanvas.vue';
import type { CellList } from '../../../src-renderer/components/map/cell-list';
import { stateIndex } from '../../../src-renderer/components/map/map-states';
import { ZOOM_STEPS } from '../../../src-renderer/components/map/map-zoom';
import { mount } from '../ui/support/mount';

/** Blocks of 2040 GiB at 2 MiB. */
const MILLION = 1_044_480;
const WIDTH_PX = 640;
const HEIGHT_PX = 400;

const zoomOf = (blocksPerCell: number, cellPx: number): number =>
  ZOOM_STEPS.findIndex((step) => step.blocksPerCell === blocksPerCell && step.cellPx === cellPx);

interface Live {
  readonly start: number;
  readonly end: number;
  readonly writing: boolean;
}

async function show(states: Uint8Array, zoom: number) {
  const cells: CellList = { order: 'guest', states, subjects: null, cellOfBlock: null };
  const selected = ref(-1);
  const hovered = ref(-1);
  const opened = ref(-1);
  const live = ref<readonly Live[]>([]);
  const hidden = ref<ReadonlySet<number>>(new Set());
  const screen = await mount(
    defineComponent(
      () => () =>
        h('div', { style: `display:flex;width:${WIDTH_PX}px;height:${HEIGHT_PX}px` }, [
          h(MapCanvas, {
            cells,
            blockStates: states,
            hidden: hidden.value,
            live: live.value,
            label: 'Block map',
            themeKey: 'light',
            selected: selected.value,
            zoom,
            'onUpdate:selected': (cell: number) => (selected.value = cell),
            onHover: (cell: number) => (hovered.value = cell),
            onOpen: (cell: number) => (opened.value = cell),
          }),
        ]),
    ),
  );
  const canvas = screen.getByRole('application', { name: 'Block map' });
  const element = canvas.element() as HTMLCanvasElement;
  await expect.poll(() => element.width).toBeGreaterThan(300);
  /** Colour of the pixel at a place in CSS pixels. */
  const colourAt = (x: number, y: number): string => {
    const ratio = window.devicePixelRatio;
    const data = element.getContext('2d')?.getImageData(x * ratio, y * ratio, 1, 1).data;
    return `rgb(${Array.from(data ?? [])
      .slice(0, 3)
      .join(', ')})`;
  };
  return { canvas, element, colourAt, selected, hovered, hidden, opened, live };
}

/** A token's colour as the browser draws it. */
function tokenColour(token: string): string {
  const probe = document.createElement('canvas').getContext('2d');
  if (!probe) return '';
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  probe.fillRect(0, 0, 1, 1);
  return `rgb(${Array.from(probe.getImageData(0, 0, 1, 1).data)
    .slice(0, 3)
    .join(', ')})`;
}

describe('the map', () => {
  test('draws each block in the colour of its state, where it lies', async () => {
    const states = new Uint8Array(100);
    states[3] = stateIndex('allocated');
    states[17] = stateIndex('partial');
    states[31] = stateIndex('overlap');
    const { colourAt, element } = await show(states, zoomOf(1, 32));
    const columns = Math.floor(element.clientWidth / 32);
    const centre = (block: number): [number, number] => [
      (block % columns) * 32 + 8,
      Math.floor(block / columns) * 32 + 8,
    ];
    const expected = new Map([
      [0, '--color-map-unallocated'],
      [3, '--color-map-data'],
      [17, '--color-map-partial'],
      [31, '--color-map-error'],
      [99, '--color-map-unallocated'],
    ]);
    for (const [block, token] of expected) {
      await expect
        .poll(() => colourAt(...centre(block)), { message: `block ${block}` })
        .toBe(tokenColour(token));
    }
  });

  test('hides a state and brings it back', async () => {
    const { colourAt, hidden } = await show(new Uint8Array(40).fill(stateIndex('allocated')), zoomOf(1, 32));
    await expect.poll(() => colourAt(8, 8)).toBe(tokenColour('--color-map-data'));
    hidden.value = new Set([stateIndex('allocated')]);
    await expect.poll(() => colourAt(8, 8)).toBe(tokenColour('--color-surface'));
    hidden.value = new Set();
    await expect.poll(() => colourAt(8, 8)).toBe(tokenColour('--color-map-data'));
  });

  test('shows one bad block among a million at the widest zoom, and finds it under the pointer', async () => {
    const states = new Uint8Array(MILLION).fill(stateIndex('allocated'));
    const bad = 777_777;
    states[bad] = stateIndex('outside');
    const perCell = 16;
    const { colourAt, canvas, element, selected, hovered } = await show(states, zoomOf(perCell, 1));
    const columns = element.clientWidth;
    const cell = Math.floor(bad / perCell);
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    await expect.poll(() => colourAt(x, y)).toBe(tokenColour('--color-map-error'));
    expect(colourAt((x + 5) % columns, y)).toBe(tokenColour('--color-map-data'));
    await userEvent.hover(canvas, { position: { x: x + 0.5, y: y + 0.5 } });
    await expect.poll(() => hovered.value).toBe(cell * perCell);
    await userEvent.click(canvas, { position: { x: x + 0.5, y: y + 0.5 } });
    expect(selected.value).toBe(cell * perCell);
  });

  test('scrolls to the last of a million cells when it is selected', async () => {
    const states = new Uint8Array(MILLION);
    states[MILLION - 1] = stateIndex('allocated');
    const { selected, element, colourAt } = await show(states, zoomOf(1, 10));
    selected.value = MILLION - 1;
    await nextTick();
    const columns = Math.floor(element.clientWidth / 10);
    const scroller = element.parentElement!;
    await expect.poll(() => scroller.scrollTop).toBeGreaterThan(1000);
    const row = Math.floor((MILLION - 1) / columns);
    const y = row * 10 - scroller.scrollTop + 4;
    await expect
      .poll(() => colourAt(((MILLION - 1) % columns) * 10 + 4, y))
      .toBe(tokenColour('--color-map-data'));
  });

  test('marks the blocks that a job reads with a frame and those it writes with a filled square', async () => {
    const { live, colourAt } = await show(new Uint8Array(100).fill(stateIndex('allocated')), zoomOf(1, 32));
    await expect.poll(() => colourAt(40, 8)).toBe(tokenColour('--color-map-data'));
    live.value = [
      { start: 1, end: 2, writing: false },
      { start: 3, end: 4, writing: true },
    ];
    const middle = (block: number): string => colourAt(block * 32 + 15, 15);
    const edge = (block: number): string => colourAt(block * 32 + 2, 15);
    await expect.poll(() => edge(1)).toBe(tokenColour('--color-focus'));
    expect([middle(1), edge(3), middle(3), middle(2)]).toEqual(
      ['--color-surface', '--color-focus', '--color-focus', '--color-map-data'].map(tokenColour),
    );
    live.value = [];
    await expect.poll(() => edge(1)).toBe(tokenColour('--color-map-data'));
  });

  test('jumps from a click, only selects with Shift, and moves with a drag', async () => {
    const { canvas, element, selected, opened } = await show(new Uint8Array(10_000), zoomOf(1, 10));
    await userEvent.click(canvas, { position: { x: 15, y: 5 }, modifiers: ['Shift'] });
    expect([selected.value, opened.value]).toEqual([1, -1]);
    await userEvent.click(canvas, { position: { x: 25, y: 5 } });
    expect([selected.value, opened.value]).toEqual([2, 2]);
    const box = element.getBoundingClientRect();
    const drag = (type: string, y: number): boolean =>
      element.dispatchEvent(
        new PointerEvent(type, { clientX: box.left + 45, clientY: box.top + y, button: 0, bubbles: true }),
      );
    // A made-up pointer cannot be captured.
    element.setPointerCapture = () => undefined;
    drag('pointerdown', 205);
    drag('pointermove', 55);
    drag('pointerup', 55);
    await expect.poll(() => element.parentElement?.scrollTop).toBe(150);
    expect([selected.value, opened.value]).toEqual([2, 2]);
  });
});
