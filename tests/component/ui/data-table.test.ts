import { expect, test } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import { DataTable } from '../../../src-renderer/ui';
import { mount } from './support/mount';

interface Row {
  readonly id: string;
}

const rowsUpTo = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id: `row ${id}` }));

async function show(rows = ref(rowsUpTo(200))) {
  const opened: string[] = [];
  const screen = await mount(
    defineComponent(
      () => () =>
        h('div', { style: 'display:flex;flex-direction:column;width:400px;height:300px' }, [
          h(DataTable, {
            label: 'Rows',
            columns: [{ id: 'id', header: 'Id', width: '1fr', text: (row: unknown) => (row as Row).id }],
            rows: rows.value,
            rowKey: (row: unknown) => (row as Row).id,
            onOpen: (row: unknown) => opened.push((row as Row).id),
          }),
        ]),
    ),
  );
  const grid = screen.getByRole('grid').element();
  await expect.poll(() => grid.querySelectorAll('[aria-selected]').length).toBeGreaterThan(5);
  return { grid, opened, rows };
}

/** One click of the main button at a point of the screen, as the system sends it: to whatever is there now. */
function clickAt(x: number, y: number, detail: number): void {
  const target = document.elementFromPoint(x, y);
  for (const type of ['mousedown', 'mouseup', 'click'])
    target?.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: x, clientY: y, detail }));
  if (detail === 2)
    target?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true, clientX: x, clientY: y, detail }));
}

const frames = (count: number): Promise<void> =>
  new Promise((resolve) => {
    const step = (left: number): void =>
      void (left ? requestAnimationFrame(() => step(left - 1)) : resolve());
    step(count);
  });

test('the row that is chosen is wholly in view, between the headers and the bottom', async () => {
  const { grid } = await show();
  const box = grid.getBoundingClientRect();
  const chosen = (): DOMRect | undefined =>
    grid.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
  // Row 9 begins 20 pixels above the bottom: it is cut off.
  clickAt(box.left + 50, box.bottom - 4, 1);
  await expect.poll(() => chosen()?.bottom ?? Infinity).toBeLessThanOrEqual(box.bottom + 0.5);
  grid.scrollTop = 28 * 6 + 14;
  await frames(3);
  clickAt(box.left + 50, box.top + 28 + 4, 1);
  await expect.poll(() => chosen()?.top ?? 0).toBeGreaterThanOrEqual(box.top + 28 - 0.5);
});

test('a double click opens the row that was meant while rows come in above it', async () => {
  const { grid, opened, rows } = await show();
  const box = grid.getBoundingClientRect();
  const [x, y] = [box.left + 50, box.top + 28 * 4];
  const wanted = document.elementFromPoint(x, y)?.closest('[role="row"]')?.textContent?.trim();
  clickAt(x, y, 1);
  rows.value = [{ id: 'new 1' }, { id: 'new 2' }, ...rows.value];
  await frames(3);
  clickAt(x, y, 2);
  expect(opened).toEqual([wanted]);
});

test('two quick single clicks on two rows choose the second', async () => {
  const { grid, opened } = await show();
  const box = grid.getBoundingClientRect();
  clickAt(box.left + 50, box.top + 28 * 3, 1);
  clickAt(box.left + 50, box.top + 28 * 5, 1);
  await frames(2);
  expect(opened).toEqual([]);
  expect(grid.querySelectorAll('[aria-selected="true"]')).toHaveLength(1);
});

test('the columns of headers and rows are one below the other, where there is room and where there is not', async () => {
  const columns = [
    {
      id: 'name',
      header: 'A header that is much longer than what stands below',
      width: 'minmax(8rem, 2fr)',
      text: () => 'x',
    },
    { id: 'size', header: 'Size', width: '7rem', text: () => 'y' },
    { id: 'long', header: 'Another header that takes its room', width: 'minmax(9rem, 1fr)', text: () => 'z' },
  ];
  for (const width of [300, 700]) {
    const screen = await mount(
      defineComponent(
        () => () =>
          h('div', { style: `display:flex;flex-direction:column;width:${width}px;height:200px` }, [
            h(DataTable, {
              label: `Rows in ${width}`,
              columns,
              rows: rowsUpTo(3),
              rowKey: (row: unknown) => (row as Row).id,
            }),
          ]),
      ),
    );
    const grid = screen.getByRole('grid', { name: `Rows in ${width}` }).element();
    const leftOf = (role: string): number[] =>
      [...grid.querySelectorAll(`[role="${role}"]`)]
        .slice(0, 3)
        .map((cell) => Math.round(cell.getBoundingClientRect().left));
    await expect.poll(() => leftOf('gridcell')).toHaveLength(3);
    expect(leftOf('gridcell')).toEqual(leftOf('columnheader'));
  }
});
