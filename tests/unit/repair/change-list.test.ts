import { describe, expect, it } from 'vitest';
import { ChangeList, SHOWN_BYTES_MAX } from '../../../src-main/engine/repair/change-list';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('what an item changes, as it is shown', () => {
  it('joins neighbours, and nothing else', () => {
    const list = new ChangeList();
    list.add(100, bytes(1, 2), bytes(3, 4));
    list.add(102, bytes(5), bytes(6));
    list.add(104, bytes(7), bytes(8));
    expect(list.changes).toEqual([
      { offset: 100, before: '010205', after: '030406', lengthBytes: 3 },
      { offset: 104, before: '07', after: '08', lengthBytes: 1 },
    ]);
  });

  it('shows the beginning of a long one, and counts all of it', () => {
    const list = new ChangeList();
    const long = new Uint8Array(SHOWN_BYTES_MAX + 1);
    list.add(
      0,
      long,
      long.map(() => 1),
    );
    list.add(long.length, bytes(2), bytes(3));
    expect(list.changes.map(({ lengthBytes }) => lengthBytes)).toEqual([long.length, 1]);
    expect(list.changes[0]?.before).toHaveLength(2 * SHOWN_BYTES_MAX);
  });

  it('stays bounded whatever is changed: the last stretch reaches over all that is not told one by one', () => {
    const list = new ChangeList();
    const count = 70_000;
    for (let at = 0; at < count; at += 1) list.add(1000 * (count - at), bytes(1), bytes(2), 10);
    const { changes } = list;
    expect(changes.length).toBeLessThan(count);
    const last = changes.at(-1);
    expect(last?.offset).toBe(1000);
    const before = changes.at(-2)?.offset ?? 0;
    expect((last?.offset ?? 0) + (last?.lengthBytes ?? 0)).toBe(before - 1000 + 10);
  });

  it('shows little of each once much was shown', () => {
    const list = new ChangeList();
    const page = new Uint8Array(SHOWN_BYTES_MAX);
    for (let at = 0; at < 3000; at += 1) list.add(10_000 * at, page, page);
    const digits = list.changes.reduce((sum, { before, after }) => sum + before.length + after.length, 0);
    expect(digits).toBeLessThan(10 * 1024 * 1024);
    expect(list.changes.at(-1)).toMatchObject({ lengthBytes: SHOWN_BYTES_MAX });
  });
});
