import { expect, test } from 'vitest';
import FileChooser from '../../../src-renderer/components/files/FileChooser.vue';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

const folder = (id: string, displayPath: string) => ({
  id,
  name: displayPath.split('/').pop() ?? '',
  displayPath,
  writable: true,
  freeBytes: null,
});
const ROOTS = [folder('a', '/srv/vm'), folder('b', '/srv/vm-old')];
const PLACES = [...ROOTS, folder('c', '/srv/vm-old/deep')];

/** A main with two folders that it may use; each holds one folder. */
const twoRoots = () =>
  loopback({
    'files.browse': ({ folderId }) => ({
      folder: PLACES.find(({ id }) => id === folderId) ?? folder('a', '/srv/vm'),
      parentId: null,
      roots: ROOTS,
      entries: [{ id: 'c', name: 'deep', kind: 'folder' as const, sizeBytes: null, modifiedAt: null }],
      cut: false,
    }),
  });

test('of several folders to start from, the one that is looked at is shown, in its folders, too', async () => {
  const request = { mode: 'open', purpose: 'image', settle: () => undefined };
  const screen = await mount(FileChooser, { request }, twoRoots());
  const start = screen.getByRole('combobox', { name: 'Start from' });
  await expect.element(start).toHaveTextContent(/^\/srv\/vm$/);
  await start.click();
  await screen.getByRole('option', { name: '/srv/vm-old' }).click();
  await expect.element(start).toHaveTextContent(/^\/srv\/vm-old$/);
  await screen.getByText('deep', { exact: true }).dblClick();
  await expect.element(screen.getByText('/srv/vm-old/deep')).toBeVisible();
  await expect.element(start).toHaveTextContent(/^\/srv\/vm-old$/);
});
