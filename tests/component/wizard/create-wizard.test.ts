import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import CreateView from '../../../src-renderer/views/create/CreateView.vue';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

const FOLDER = { id: 'folder-1', name: 'images', displayPath: '/images', writable: true, freeBytes: 2 ** 40 };

/** A main with one folder in which `taken.vhd` is already there. */
const oneFolder = () =>
  loopback({
    'files.defaultFolder': () => FOLDER,
    'files.describeTarget': ({ target }) => ({
      ...target,
      displayPath: `/images/${target.name}`,
      exists: target.name === 'taken.vhd',
      writable: true,
      freeBytes: 2 ** 40,
      maxFileBytes: null,
      sparse: true,
    }),
  });

describe('the Create wizard', () => {
  test('goes on with Enter, and the heading of each step takes the focus', async () => {
    const screen = await mount(CreateView, {}, oneFolder());
    await screen.getByRole('button', { name: 'Continue' }).click();
    await expect.element(screen.getByText('Which type, and how large?')).toHaveFocus();
    (screen.getByRole('textbox', { name: 'Size' }).element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByText('Where shall the file be?')).toHaveFocus();
    await screen.getByRole('button', { name: 'Back' }).click();
    await expect.element(screen.getByText('Which type, and how large?')).toHaveFocus();
  });

  test('does not go on without a size, and says so', async () => {
    const screen = await mount(CreateView, {}, oneFolder());
    await screen.getByRole('button', { name: 'Continue' }).click();
    await screen.getByRole('textbox', { name: 'Size' }).fill('');
    const goOn = screen.getByRole('button', { name: 'Continue' });
    await expect.element(goOn).toHaveAttribute('aria-disabled', 'true');
    await expect.element(goOn).toHaveAttribute('aria-description', 'Give a size first');
    (goOn.element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByText('Which type, and how large?')).toBeVisible();
  });

  test('never replaces a file unasked', async () => {
    const client = oneFolder();
    const screen = await mount(CreateView, {}, client);
    await screen.getByRole('button', { name: 'Continue' }).click();
    await screen.getByRole('button', { name: 'Continue' }).click();
    await screen.getByRole('textbox', { name: 'File name' }).fill('taken.vhd');
    const goOn = screen.getByRole('button', { name: 'Continue' });
    await expect.element(goOn).toHaveAttribute('aria-description', 'A file with this name is already there.');
    await screen.getByRole('checkbox', { name: 'Replace the file that is there' }).click();
    await expect.element(goOn).not.toHaveAttribute('aria-disabled');
    expect(client.calls.some(({ method }) => method === 'jobs.start')).toBe(false);
  });

  test('takes no name that cannot be a file, says why, and asks main nothing about it', async () => {
    const client = oneFolder();
    const screen = await mount(CreateView, {}, client);
    await screen.getByRole('button', { name: 'Continue' }).click();
    await screen.getByRole('button', { name: 'Continue' }).click();
    const name = screen.getByRole('textbox', { name: 'File name' });
    const goOn = screen.getByRole('button', { name: 'Continue' });
    for (const [bad, why] of [
      ['a/b.vhd', 'A name cannot contain / or \\'],
      ['a'.repeat(256), 'This name is too long'],
      ['', 'Give the file a name'],
    ] as const) {
      await name.fill(bad);
      await expect.element(goOn).toHaveAttribute('aria-description', why);
      await expect.element(screen.getByText(why).first()).toBeVisible();
    }
    // The answer to a good name shows that the delay before a look has passed.
    await name.fill('taken.vhd');
    await expect.element(goOn).toHaveAttribute('aria-description', 'A file with this name is already there.');
    const asked = client.calls.filter(({ method }) => method === 'files.describeTarget');
    const names = asked.map(({ input }) => (input as { target: { name: string } }).target.name);
    expect(names.filter((one) => one !== 'disk.vhd' && one !== 'taken.vhd')).toEqual([]);
  });
});
