import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import EditFieldDialog from '../../../src-renderer/components/hex/EditFieldDialog.vue';
import type { SelectedField } from '../../../src-renderer/components/hex/use-inspector';
import { ToastLayer } from '../../../src-renderer/ui';
import { AppError } from '../../../src-shared/errors';
import type { Input } from '../../../src-shared/ipc';
import type { InspectedField, RepairPlan, StructureName } from '../../../src-shared/model';
import { imageInfo } from '../ui/support/images';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';
import { recordedChange } from '../ui/support/recorded-change';

function field(name: string, title: string, raw: string, value: string): InspectedField {
  return {
    name,
    title,
    offset: 28,
    length: raw.length / 2,
    raw,
    value,
    verdict: 'right',
    reason: '',
    meaning: `What ${title} means.`,
    section: 'Hard Disk Footer Format',
    editable: true,
  };
}

const CREATOR = field('creatorApplication', 'Creator application', '77696e20', 'win (Windows or Hyper-V)');

const selectedIn = (structure: StructureName, one: InspectedField): SelectedField => ({
  structure: { structure, offset: 0, length: 512, present: true, fields: [one] },
  field: one,
});

const JOURNAL = recordedChange('journal-7');

function planFor(set: Readonly<Record<string, string>>, journal: string | null = null): RepairPlan {
  const [[name, value] = ['', '']] = Object.entries(set);
  const isChange = value !== 'win';
  return {
    path: '/images/web.vhd',
    plan: [
      {
        code: name,
        title: `Set ${name}`,
        detail: 'Some programs decide by it.',
        risk: 'low',
        selected: true,
        options: [],
        chosen: null,
        dependsOn: [],
        assumptions: [],
        changes: isChange
          ? [
              {
                offset: 28,
                before: '77696e20',
                after: '74617000',
                lengthBytes: 4,
                fields: [
                  { structure: 'footerCopy', field: 'creatorApplication', before: 'win', after: value },
                ],
              },
            ]
          : [],
      },
    ],
    currentVerdict: 'clean',
    predictedVerdict: 'clean',
    remaining: [],
    applied: journal !== null,
    journal,
    stateToken: 'state-1',
    fileSizeBeforeBytes: 2560,
    fileSizeAfterBytes: 2560,
  };
}

async function show(selected: SelectedField = selectedIn('footer', CREATOR), hasChildren = false) {
  const applied: Input<'edit.apply'>[] = [];
  const client = loopback({
    'image.info': () => imageInfo(false),
    'edit.plan': ({ set }) => {
      if (
        Object.values(set).some((value) => value.length > 4 && selected.field.name === 'creatorApplication')
      )
        throw new AppError('bad-value', '"toolong" is no value for creator; give up to four characters.');
      return planFor(set);
    },
    'edit.apply': (input) => {
      if (hasChildren && !input.breakChildren)
        throw new AppError('has-children', 'The image "child.vhd" depends on this one.');
      applied.push(input);
      return planFor(input.set, JOURNAL.journalPath);
    },
    'undo.list': () => ({
      journals: [recordedChange('other'), JOURNAL],
      elsewhere: 0,
    }),
    'undo.apply': () => ({
      imagePath: JOURNAL.imagePath,
      journalPath: JOURNAL.journalPath,
      restoredBytes: 8,
      fileSizeBytes: 2560,
      warnings: [],
    }),
  });
  const open = ref(true);
  const screen = await mount(
    defineComponent(() => () => [
      h(EditFieldDialog, {
        fileId: 'file-1',
        selected,
        open: open.value,
        'onUpdate:open': (on: boolean) => (open.value = on),
      }),
      h(ToastLayer, { theme: 'light' }),
    ]),
    {},
    client,
  );
  const input = screen.getByRole('textbox', { name: 'New value' });
  const apply = screen.getByRole('button', { name: 'Apply' });
  const planned = (): number => client.calls.filter(({ method }) => method === 'edit.plan').length;
  return { screen, client, open, input, apply, applied, planned };
}

describe('the dialog that changes a field', () => {
  test('says what stands there now, and what may be given, in the words of the specification', async () => {
    const { screen, input } = await show();
    await expect.element(screen.getByRole('dialog', { name: 'Change Creator application' })).toBeVisible();
    await expect.element(screen.getByText('win (Windows or Hyper-V)')).toBeVisible();
    await expect.element(screen.getByText('77696e20')).toBeVisible();
    await expect.element(input).toHaveValue('win');
    await expect.element(input).toHaveAccessibleDescription(/Up to four characters/);
    await expect.element(screen.getByText('This would change nothing.')).toBeVisible();
  });

  test('shows the byte difference of what is typed, without being asked', async () => {
    const { screen, input, planned } = await show();
    await userEvent.fill(input, 'tap');
    await expect
      .element(screen.getByRole('rowheader', { name: 'Footer copy · Creator application' }))
      .toBeVisible();
    await expect.element(screen.getByText('74', { exact: true })).toBeVisible();
    const before = planned();
    await userEvent.fill(input, 'vpc');
    // The plan of another value never stands beside what is typed now.
    expect(screen.getByRole('rowheader', { name: /Creator application/ }).query()).toBeNull();
    await expect.poll(planned).toBe(before + 1);
    await expect.element(screen.getByRole('rowheader', { name: /Creator application/ })).toBeVisible();
  });

  test('says beside the field that a value will not do, and cannot be applied then', async () => {
    const { screen, input, apply, applied } = await show();
    await userEvent.fill(input, 'toolong');
    await expect.element(screen.getByRole('alert')).toHaveTextContent('That is no value for this field.');
    await expect.element(apply).toHaveAttribute('aria-disabled', 'true');
    await userEvent.keyboard('{Enter}');
    expect(applied).toEqual([]);
    await userEvent.fill(input, '');
    await expect.element(apply).toHaveAccessibleDescription('Give a value first');
  });

  test('writes the plan that was shown, and offers to take it back', async () => {
    const { screen, client, open, input, apply, applied } = await show();
    await userEvent.fill(input, 'tap');
    await expect.element(apply).not.toHaveAttribute('aria-disabled');
    await userEvent.click(apply);
    await expect
      .poll(() => applied)
      .toEqual([{ fileId: 'file-1', stateToken: 'state-1', set: { creator: 'tap' }, breakChildren: false }]);
    await expect.poll(() => open.value).toBe(false);
    await expect.element(screen.getByText('Creator application was changed.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await expect
      .poll(() => client.calls.find(({ method }) => method === 'undo.apply')?.input)
      .toEqual({ journalId: 'journal-7' });
    await expect.element(screen.getByText(/is as it was before/)).toBeVisible();
  });

  test('asks about children where there are any, and only then', async () => {
    const { screen, input, apply, applied } = await show(selectedIn('footer', CREATOR), true);
    const box = screen.getByRole('checkbox', { name: /other images depend/ });
    await userEvent.fill(input, 'tap');
    await expect.element(apply).not.toHaveAttribute('aria-disabled');
    expect(box.query()).toBeNull();
    await userEvent.click(apply);
    await expect.element(screen.getByText(/child\.vhd/)).toBeVisible();
    await userEvent.click(box);
    await expect.element(apply).not.toHaveAttribute('aria-disabled');
    await userEvent.click(apply);
    await expect.poll(() => applied).toEqual([expect.objectContaining({ breakChildren: true })]);
  });

  test.each([
    ['footer', field('savedState', 'Saved state', '00', '0'), /^In saved state/, { savedState: '1' }],
    [
      'footer',
      field('features', 'Features', '00000002', '0x2 (reserved bit)'),
      /Temporary/,
      { temporary: '1' },
    ],
  ] as const)('asks a flag as a choice (%#)', async (structure, one, name, set) => {
    const { screen, client } = await show(selectedIn(structure, one));
    await userEvent.click(screen.getByRole('radio', { name }));
    await expect
      .poll(() => client.calls.filter(({ method }) => method === 'edit.plan').at(-1)?.input)
      .toMatchObject({ set });
  });

  test.each([
    [
      'footer',
      field('geometry', 'Geometry', '03c30511', '963/5/17 (39.97 MiB (41,909,760 bytes))'),
      '963/5/17',
    ],
    [
      'footer',
      field('originalSize', 'Original size', '0000000002800000', '40 MiB (41,943,040 bytes)'),
      '41943040',
    ],
    ['footer', field('timestamp', 'Timestamp', '2faf0800', '2025-05-08T06:13:20Z'), '2025-05-08T06:13:20Z'],
    ['footerCopy', field('creatorHostOs', 'Creator host OS', '5769326b', 'Wi2k (Windows)'), 'Wi2k'],
    ['dynamicHeader', field('parentUnicodeName', 'Parent unicode name', '', 'base.vhd'), 'base.vhd'],
  ] as const)('begins with what stands there, as one would type it (%#)', async (structure, one, now) => {
    const { input } = await show(selectedIn(structure, one));
    await expect.element(input).toHaveValue(now);
  });

  test('knows values with a name of their own', async () => {
    const { screen, input } = await show(
      selectedIn('footer', field('geometry', 'Geometry', '03c30511', '963/5/17 (39.97 MiB)')),
    );
    await userEvent.click(screen.getByRole('button', { name: 'As the specification says' }));
    await expect.element(input).toHaveValue('auto');
  });
});
