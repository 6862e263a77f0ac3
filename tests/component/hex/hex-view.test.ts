import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import HexView from '../../../src-renderer/components/hex/HexView.vue';
import { HexSource } from '../../../src-renderer/components/hex/hex-source';
import type { ByteRange } from '../../../src-renderer/components/hex/hex-rows';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

const TIB = 2 ** 40;
const FILE_BYTES = 2 * TIB + 512;

/** A file in which every byte is the low byte of its offset divided by sixteen. */
function endless() {
  return loopback({
    'image.bytes': ({ offset, length }) => ({
      offset,
      fileSizeBytes: FILE_BYTES,
      bytes: Uint8Array.from(
        { length: Math.max(0, Math.min(length, FILE_BYTES - offset)) },
        (_, index) => Math.floor((offset + index) / 16) % 256,
      ),
    }),
    'image.owners': ({ offset, length }) => ({
      spans: [
        { offset, length, structure: 'data', field: null, index: 7, label: 'Block 7', guestOffset: offset },
      ],
    }),
  });
}

async function show(start = 0, widthPx = 800) {
  const client = endless();
  const cursor = ref(start);
  const selection = ref<ByteRange | null>(null);
  const source = new HexSource('file-1', FILE_BYTES);
  const screen = await mount(
    defineComponent(
      () => () =>
        h('div', { style: `display:flex;width:${widthPx}px;height:400px` }, [
          h(HexView, {
            source,
            cursor: cursor.value,
            selection: selection.value,
            'onUpdate:cursor': (offset: number) => (cursor.value = offset),
            'onUpdate:selection': (range: ByteRange | null) => (selection.value = range),
          }),
        ]),
    ),
    {},
    client,
  );
  const view = screen.getByRole('application', { name: /Bytes/ });
  const texts = (): string[] => Array.from(view.element().children, (row) => (row.textContent ?? '').trim());
  const focus = (): void => (view.element() as HTMLElement).focus();
  return { screen, client, view, cursor, selection, texts, focus };
}

describe('the bytes of a file', () => {
  test('stand in rows of sixteen with offset and text; only the rows in view exist', async () => {
    const { texts } = await show();
    await expect.poll(() => texts()[4] ?? '').toMatch(/^0x\w*40\s*04040404/);
    expect(texts().length).toBeLessThan(30);
    expect(texts()[1]).toMatch(/^0x\w*10/);
  });

  test('stand in rows of eight where it is narrow', async () => {
    const { texts } = await show(0, 420);
    await expect.poll(() => texts()[1] ?? '').toMatch(/^0x\w*08/);
  });

  test('are reached at the end of two tebibytes, and asked for page by page', async () => {
    const { texts, focus, cursor, client } = await show();
    focus();
    await userEvent.keyboard('{Control>}{End}{/Control}');
    expect(cursor.value).toBe(FILE_BYTES - 1);
    const last = Math.floor((FILE_BYTES - 1) / 16) * 16;
    await expect.poll(() => texts().at(-1) ?? '').toContain(last.toString(16).toUpperCase());
    await expect.poll(() => texts().at(-1) ?? '').toContain('1f1f1f');
    const asked = client.calls.filter(({ method }) => method === 'image.bytes');
    expect(asked.length).toBeLessThan(6);
    await userEvent.keyboard('{Control>}{Home}{/Control}');
    expect(cursor.value).toBe(0);
  });

  test('are selected with Shift and the arrow keys, and with the pointer', async () => {
    const { focus, cursor, selection, view } = await show(32);
    focus();
    await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{ArrowDown}{/Shift}');
    expect(cursor.value).toBe(50);
    expect(selection.value).toEqual({ offset: 33, length: 18 });
    const cell = view.element().querySelector<HTMLElement>('[data-offset="37"]')!;
    await userEvent.click(cell);
    expect(cursor.value).toBe(37);
    expect(selection.value).toEqual({ offset: 37, length: 1 });
  });

  test('a far place comes into view when the cursor is put there', async () => {
    const { cursor, texts } = await show();
    cursor.value = TIB + 48;
    await expect.poll(() => texts().some((text) => /^0x0?10000000030/.test(text))).toBe(true);
  });
});
