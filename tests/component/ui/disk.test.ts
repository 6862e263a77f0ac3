import { userEvent } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { defineComponent, h } from 'vue';
import App from '../../../src-renderer/App.vue';
import AttachDialog from '../../../src-renderer/components/disk/AttachDialog.vue';
import { useDisks } from '../../../src-renderer/stores/disks';
import { useNavigation } from '../../../src-renderer/stores/navigation';
import { AppError } from '../../../src-shared/errors';
import type { FolderListing } from '../../../src-shared/model';
import { checkReport, imageInfo } from './support/images';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

const FILE = { id: 'file-1', name: 'web.vhd', displayPath: '/images/web.vhd' };
/** The whole window, with room to work in. */
const WindowOf = defineComponent(
  () => () => h('div', { style: { height: '700px', display: 'grid' } }, h(App)),
);

const soundImage = () =>
  loopback({
    'image.info': () => imageInfo(false),
    'image.check': () => checkReport(false),
    'image.content': () => ({
      partitionTable: 'none',
      partitions: [],
      fileSystem: null,
      gptBackupOffset: null,
      usedEndBytes: null,
      problems: [],
    }),
    'files.describe': () => FILE,
    'files.close': () => ({}),
  });

describe('an open disk', () => {
  test('tells what it is in plain words, with exact bytes and what each program makes of it', async () => {
    const screen = await mount(WindowOf, {}, soundImage());
    useDisks().show(FILE);
    await expect.element(screen.getByText(/A dynamic disk: the file grows/)).toBeVisible();
    await expect.element(screen.getByText('67,125,248 bytes').first()).toBeVisible();
    await expect.element(screen.getByText('It takes fixed disks only.')).toBeVisible();
    await expect.element(screen.getByText('0xffffede4').first()).toBeVisible();
  });

  test('that changed outside says so, and is read again on demand', async () => {
    const client = soundImage();
    const screen = await mount(WindowOf, {}, client);
    useDisks().show(FILE);
    await expect.element(screen.getByText('Sound').first()).toBeVisible();
    client.emit('file.changed', { fileId: 'file-1', kind: 'changed' });
    await expect.element(screen.getByText('This file was changed outside Platter.')).toBeVisible();
    const before = client.calls.filter(({ method }) => method === 'image.info').length;
    await screen.getByRole('button', { name: 'Read it again' }).click();
    await expect.element(screen.getByText('This file was changed outside Platter.')).not.toBeInTheDocument();
    expect(client.calls.filter(({ method }) => method === 'image.info')).toHaveLength(before + 1);
  });

  test('that is no VHD is named for what it is; one without metadata offers a rescue', async () => {
    let error = new AppError('not-a-vhd', 'web.vhd is a VHDX image.');
    const client = loopback({
      'image.info': () => {
        throw error;
      },
      'files.close': () => ({}),
    });
    const screen = await mount(WindowOf, {}, client);
    useDisks().show(FILE);
    await expect.element(screen.getByText('web.vhd is a VHDX image.')).toBeVisible();
    await expect
      .element(screen.getByRole('button', { name: 'Save what can be saved…' }))
      .not.toBeInTheDocument();
    error = new AppError('no-metadata', 'There is neither a footer nor a header.');
    await screen.getByRole('button', { name: 'Read it again' }).click();
    await screen.getByRole('button', { name: 'Save what can be saved…' }).click();
    expect(useNavigation().current.view).toBe('rescue');
  });

  test('closes with its tab, and main is told', async () => {
    const client = soundImage();
    const screen = await mount(WindowOf, {}, client);
    useDisks().show(FILE);
    await screen.getByRole('button', { name: 'Close web.vhd' }).click();
    expect(useNavigation().current.view).toBe('home');
    expect(client.calls.some(({ method }) => method === 'files.close')).toBe(true);
  });

  test('opened from outside the window comes to the front', async () => {
    const client = soundImage();
    const screen = await mount(WindowOf, {}, client);
    await expect.element(screen.getByRole('heading', { name: 'Platter' })).toBeVisible();
    client.emit('files.opened', { files: [FILE] });
    await expect.element(screen.getByRole('heading', { name: 'web.vhd' })).toBeVisible();
  });
});

describe('a window that is loaded anew', () => {
  test('comes back with its tabs, each once, and without those that main forgot', async () => {
    const client = loopback({
      'files.describe': ({ fileId }) => {
        if (fileId !== 'file-1') throw new AppError('unknown-file', 'This file is no longer open.');
        return FILE;
      },
    });
    const screen = await mount(
      defineComponent(() => () => h('p', 'not yet')),
      {},
      client,
    );
    sessionStorage.setItem(
      'platter.tabs',
      JSON.stringify([
        { id: 'file-1', section: 'check' },
        { id: 'file-2', section: 'overview' },
      ]),
    );
    const disks = useDisks();
    await Promise.all([disks.restore(), disks.restore()]);
    expect(disks.open).toEqual([{ ...FILE, section: 'check' }]);
    await expect.element(screen.getByText('not yet')).toBeVisible();
  });
});

describe('the file chooser of the browser door', () => {
  const listing: FolderListing = {
    folder: { id: 'folder-1', name: 'images', displayPath: '/images', freeBytes: 1024 ** 3 },
    parentId: null,
    roots: [],
    entries: [
      { id: 'entry-notes', name: 'notes.txt', kind: 'file', sizeBytes: 10, modifiedAt: null },
      { id: 'file-1', name: 'web.vhd', kind: 'file', sizeBytes: 2560, modifiedAt: '2026-11-23T10:00:00Z' },
      { id: 'folder-2', name: 'old', kind: 'folder', sizeBytes: null, modifiedAt: null },
    ],
    cut: false,
  };

  test('opens an image with the keyboard alone, from the shortcut to the disk', async () => {
    const client = loopback({
      'image.info': () => imageInfo(false),
      'image.check': () => checkReport(false),
      'files.describe': () => FILE,
      'files.browse': () => listing,
    });
    const screen = await mount(WindowOf, {}, client);
    await expect.element(screen.getByRole('heading', { name: 'Platter' })).toBeVisible();
    await userEvent.keyboard('{Control>}o{/Control}');
    await expect.element(screen.getByRole('grid', { name: 'Files in images' })).toHaveFocus();
    await expect.element(screen.getByText('notes.txt')).not.toBeInTheDocument();
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await expect.element(screen.getByRole('heading', { name: 'web.vhd' })).toBeVisible();
    expect(client.calls.find(({ method }) => method === 'files.describe')?.input).toEqual({
      fileId: 'file-1',
    });
  });

  test('a cancel opens nothing and says nothing', async () => {
    const client = loopback({ 'files.browse': () => listing });
    const screen = await mount(WindowOf, {}, client);
    await expect.element(screen.getByRole('heading', { name: 'Platter' })).toBeVisible();
    await userEvent.keyboard('{Control>}o{/Control}');
    await expect.element(screen.getByRole('grid', { name: 'Files in images' })).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    expect(useDisks().open).toEqual([]);
  });
});

describe('the commands that attach an image', () => {
  test('come with what to know beforehand, in the words of the screen, and are asked for anew for another system', async () => {
    const client = loopback({
      'image.attachCommand': ({ system }) => ({
        commands: [{ title: 'Attach read-only', command: `attach on ${system}` }],
        notes: system === 'windows' ? ['It has errors. Run "platter check" and mend it first.'] : [],
      }),
    });
    const screen = await mount(AttachDialog, { fileId: 'file-1', open: true }, client);
    await expect.element(screen.getByText('attach on linux')).toBeVisible();
    await expect.element(screen.getByText(/It has errors/)).not.toBeInTheDocument();
    await screen.getByText('Windows', { exact: true }).click();
    await expect.element(screen.getByText('attach on windows')).toBeVisible();
    await expect
      .element(screen.getByText('It has errors. Run Check & repair and mend it first.'))
      .toBeVisible();
  });
});
