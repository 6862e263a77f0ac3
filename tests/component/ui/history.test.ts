import { describe, expect, test } from 'vitest';
import type { ChangeOutlook, RecordedChange } from '../../../src-shared/ipc';
import HistoryView from '../../../src-renderer/views/history/HistoryView.vue';
import { loopback } from './support/loopback';
import { mount } from './support/mount';
import { recordedChange } from './support/recorded-change';

/** A main whose looks at images take until the test lets them go. */
function slowMain(journals: readonly RecordedChange[], elsewhere = 0) {
  const looks = new Map<string, (outlook: ChangeOutlook) => void>();
  const client = loopback({
    'undo.list': () => ({ journals, elsewhere }),
    'undo.look': ({ journalId }) => new Promise<ChangeOutlook>((resolve) => looks.set(journalId, resolve)),
  });
  return { client, looks };
}

describe('History', () => {
  test('lists at once, looks at two changes at a time, and offers what can be undone as it is found out', async () => {
    const journals = [
      recordedChange('a'),
      recordedChange('b'),
      recordedChange('c'),
      recordedChange('d', { state: 'undone', undoneAt: '2026-11-23T11:00:00Z' }),
    ];
    const { client, looks } = slowMain(journals);
    const screen = await mount(HistoryView, {}, client);
    await expect.element(screen.getByText('4 changes on record')).toBeVisible();
    expect([...looks.keys()]).toEqual(['a', 'b']);
    const undo = screen.getByRole('button', { name: 'Undo: Edit a' });
    await expect.element(undo).toHaveAttribute('aria-disabled', 'true');
    await expect.element(screen.getByRole('button', { name: 'Undo: Edit d' })).not.toBeInTheDocument();

    looks.get('a')?.({ state: 'settled', usable: true, reason: null });
    await expect.element(undo).not.toHaveAttribute('aria-disabled', 'true');
    await expect.poll(() => [...looks.keys()]).toEqual(['a', 'b', 'c']);
    looks.get('b')?.({ state: 'settled', usable: false, reason: 'the image was changed since' });
    await expect.element(screen.getByText('No longer usable')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Undo: Edit b' })).not.toBeInTheDocument();
  });

  test('tells a change that waits for a later one, and one that children would see, from what is lost', async () => {
    const { client, looks } = slowMain([recordedChange('a'), recordedChange('b')]);
    const screen = await mount(HistoryView, {}, client);
    await expect.poll(() => [...looks.keys()]).toEqual(['a', 'b']);
    looks.get('a')?.({ state: 'settled', usable: false, reason: 'a later change', waits: true });
    looks.get('b')?.({ state: 'settled', usable: true, reason: null, children: ['child.vhd'] });
    await expect.element(screen.getByText('After a later one')).toBeVisible();
    await expect.element(screen.getByText('No longer usable')).not.toBeInTheDocument();
    await expect.element(screen.getByText('Has children')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Undo: Edit b' })).toBeVisible();
  });

  test('looks next at what the person chose', async () => {
    const { client, looks } = slowMain(['a', 'b', 'c', 'd', 'e'].map((id) => recordedChange(id)));
    const screen = await mount(HistoryView, {}, client);
    await screen.getByText('Edit e').click();
    looks.get('a')?.({ state: 'settled', usable: true, reason: null });
    await expect.poll(() => [...looks.keys()]).toEqual(['a', 'b', 'e']);
  });

  test('counts the changes that it does not list', async () => {
    const screen = await mount(HistoryView, {}, slowMain([], 3).client);
    await expect.element(screen.getByText('No change to list here')).toBeVisible();
    await expect
      .element(screen.getByText(/^3 changes of images that are gone or lie outside the folders/))
      .toBeVisible();
    await expect.element(screen.getByText('No change has been made yet')).not.toBeInTheDocument();
  });
});
