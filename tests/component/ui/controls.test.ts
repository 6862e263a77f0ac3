import { userEvent } from 'vitest/browser';
import { describe, expect, test, vi } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import {
  DataTable,
  MiddleName,
  SizeField,
  UiButton,
  WizardFrame,
  type TableColumn,
} from '../../../src-renderer/ui';
import { mount } from './support/mount';

describe('a button that cannot be used now', () => {
  test('keeps the focus order, says why, and does nothing', async () => {
    const onClick = vi.fn();
    const screen = await mount(
      defineComponent(
        () => () => h(UiButton, { disabledReason: 'The image is in use', onClick }, () => 'Repair'),
      ),
    );
    const button = screen.getByRole('button', { name: 'Repair' });
    await userEvent.tab();
    await expect.element(button).toHaveFocus();
    await expect.element(button).toHaveAttribute('aria-disabled', 'true');
    await expect.element(button).toHaveAttribute('aria-description', 'The image is in use');
    await userEvent.keyboard('{Enter}');
    expect(onClick).not.toHaveBeenCalled();
  });
});

describe('a long name', () => {
  test('keeps the space at which it is split', async () => {
    const name = 'another child of base2.vhd';
    const screen = await mount(
      defineComponent(() => () => [
        h('div', { style: 'display:flex' }, [h(MiddleName, { name })]),
        h('span', { 'data-testid': 'whole' }, name),
      ]),
    );
    const whole = screen.getByTestId('whole').element().getBoundingClientRect().width;
    const split = [...screen.container.querySelectorAll('[aria-hidden]')].map(
      (part) => part.getBoundingClientRect().width,
    );
    expect(split).toHaveLength(2);
    expect(Math.abs(split[0]! + split[1]! - whole)).toBeLessThan(1);
  });
});

describe('the size field', () => {
  const mountField = async (initial: number | null = null) => {
    const bytes = ref<number | null>(initial);
    const screen = await mount(
      defineComponent(
        () => () =>
          h(SizeField, {
            label: 'Size',
            modelValue: bytes.value,
            'onUpdate:modelValue': (value: number | null) => (bytes.value = value),
          }),
      ),
    );
    return { bytes, screen, input: screen.getByRole('textbox', { name: 'Size' }) };
  };

  test('echoes bytes, sectors and CHS of what was pasted', async () => {
    const { bytes, screen, input } = await mountField();
    await input.fill('0x7F00000');
    expect(bytes.value).toBe(0x7f00000);
    await expect.element(screen.getByText('133,169,152 bytes')).toBeVisible();
    await expect.element(screen.getByText('260,096 sectors')).toBeVisible();
    await expect.element(screen.getByText('CHS 1019 × 15 × 17')).toBeVisible();
  });

  test('offers the binary reading of a decimal unit', async () => {
    const { bytes, screen, input } = await mountField();
    await input.fill('127GB');
    expect(bytes.value).toBe(127e9);
    await screen.getByRole('button', { name: 'Use 127 GiB' }).click();
    expect(bytes.value).toBe(127 * 1024 ** 3);
  });

  test('refuses half sectors and offers the nearest whole ones', async () => {
    const { bytes, screen, input } = await mountField();
    await input.fill('1000');
    expect(bytes.value).toBeNull();
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('not a whole number of 512-byte sectors');
    await screen.getByRole('button', { name: 'Use 1,024 bytes' }).click();
    expect(bytes.value).toBe(1024);
  });

  test('writes a size that has no short form as bytes', async () => {
    const { input } = await mountField(40 * 1024 ** 2 + 512);
    await expect.element(input).toHaveValue('41943552');
  });
});

describe('the table', () => {
  interface Row {
    readonly name: string;
    readonly bytes: number;
  }
  const rows: Row[] = Array.from({ length: 5000 }, (_, index) => ({
    name: `disk-${index}`,
    bytes: (index * 7919) % 5000,
  }));
  const columns: TableColumn<Row>[] = [
    { id: 'name', header: 'Name', width: '1fr', text: (row) => row.name },
    {
      id: 'bytes',
      header: 'Size',
      width: '8rem',
      text: (row) => String(row.bytes),
      sortBy: (row) => row.bytes,
    },
  ];
  const mountTable = async () => {
    const selected = ref<string | null>(null);
    const sort = ref(null);
    const opened = vi.fn();
    const screen = await mount(
      defineComponent(
        () => () =>
          h('div', { style: { height: '300px', display: 'flex' } }, [
            h(DataTable<Row>, {
              label: 'Disks',
              columns,
              rows,
              rowKey: (row: Row) => row.name,
              selected: selected.value,
              'onUpdate:selected': (value: string | null) => (selected.value = value),
              sort: sort.value,
              'onUpdate:sort': (value: unknown) => (sort.value = value as never),
              onOpen: (row: Row) => opened(row.name),
            }),
          ]),
      ),
    );
    return { screen, selected, opened, grid: screen.getByRole('grid', { name: 'Disks' }) };
  };

  test('draws only the rows in view of five thousand, and tells how many there are', async () => {
    const { grid } = await mountTable();
    await expect.element(grid).toHaveAttribute('aria-rowcount', '5001');
    await expect.poll(() => grid.element().querySelectorAll('[role=row]').length).toBeGreaterThan(8);
    expect(grid.element().querySelectorAll('[role=row]').length).toBeLessThan(60);
  });

  test('moves with the keys to the very last row and opens it', async () => {
    const { grid, selected, opened } = await mountTable();
    (grid.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(selected.value).toBe('disk-1');
    await userEvent.keyboard('{End}');
    expect(selected.value).toBe('disk-4999');
    await expect.element(grid.getByText('disk-4999')).toBeVisible();
    await userEvent.keyboard('{Enter}');
    expect(opened).toHaveBeenCalledWith('disk-4999');
  });

  test('sorts by its header, both ways, and says so', async () => {
    const { grid, screen } = await mountTable();
    const header = screen.getByRole('columnheader', { name: /Size/ });
    await expect.element(header).toHaveAttribute('aria-sort', 'none');
    await screen.getByRole('button', { name: 'Sort by Size' }).click();
    await expect.element(header).toHaveAttribute('aria-sort', 'ascending');
    await screen.getByRole('button', { name: 'Sort by Size' }).click();
    await expect.element(header).toHaveAttribute('aria-sort', 'descending');
    const largest = rows.find((row) => row.bytes === 4999)?.name ?? '';
    await expect
      .poll(() => grid.element().querySelector('[aria-rowindex="2"]')?.textContent)
      .toContain(largest);
  });
});

describe('the wizard', () => {
  type Step = 'first' | 'second';
  const mountWizard = async () => {
    const current = ref<Step>('first');
    const reason = ref<string | null>('Choose a file first');
    const finished = vi.fn();
    const screen = await mount(
      defineComponent(
        () => () =>
          h(
            WizardFrame<Step>,
            {
              title: 'Create',
              current: current.value,
              'onUpdate:current': (value: Step) => (current.value = value),
              steps: [
                { id: 'first', title: 'What', blockedReason: reason.value },
                { id: 'second', title: 'Review' },
              ],
              finishLabel: 'Make it',
              onFinish: finished,
            },
            { first: () => h('div', { class: 'marker' }, 'one'), second: () => h('p', 'two') },
          ),
      ),
    );
    return { screen, current, reason, finished };
  };

  test('does not go on while something is missing, and says what', async () => {
    const { screen, current } = await mountWizard();
    const next = screen.getByRole('button', { name: 'Continue' });
    await expect.element(next).toHaveAttribute('aria-description', 'Choose a file first');
    (next.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    expect(current.value).toBe('first');
  });

  test('moves the focus to the new step, leaves nothing of the old one, and finishes with the keyboard', async () => {
    const { screen, reason, finished } = await mountWizard();
    reason.value = null;
    (screen.getByRole('button', { name: 'Continue' }).element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    const heading = screen.getByRole('heading', { name: 'Step 2 of 2: Review' });
    await expect.element(heading).toHaveFocus();
    expect(document.querySelector('.marker')).toBeNull();
    await expect.element(screen.getByText('two')).toBeVisible();
    (screen.getByRole('button', { name: 'Make it' }).element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    expect(finished).toHaveBeenCalledOnce();
  });
});
