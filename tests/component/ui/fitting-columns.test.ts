import { expect, test } from 'vitest';
import { fittingColumns } from '../../../src-renderer/ui/table';

const COLUMNS = [
  { id: 'name', header: 'Name', width: 'minmax(10rem, 1fr)' },
  { id: 'size', header: 'Size', width: '5rem', leaves: 2 },
  { id: 'when', header: 'When', width: '5rem', leaves: 1 },
  { id: 'act', header: 'Act', width: '32px' },
];
const idsAt = (widthPx: number): string[] => fittingColumns(COLUMNS, widthPx, 16).map(({ id }) => id);

test('every column stays where there is room, or before the width is known', () => {
  expect(idsAt(0)).toEqual(['name', 'size', 'when', 'act']);
  expect(idsAt(352)).toEqual(['name', 'size', 'when', 'act']);
});

test('columns leave in their order, and only as many as need to', () => {
  expect(idsAt(351)).toEqual(['name', 'size', 'act']);
  expect(idsAt(271)).toEqual(['name', 'act']);
});

test('columns that nothing lets go stay in any width', () => {
  expect(idsAt(20)).toEqual(['name', 'act']);
});
