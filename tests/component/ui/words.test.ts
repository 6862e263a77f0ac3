import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, test } from 'vitest';
import { fuzzyScore } from '../../../src-renderer/commands/fuzzy';
import { formatShare, formatSize, sizeUnits } from '../../../src-renderer/i18n/format';
import { pseudoMessage } from '../../../src-renderer/i18n/pseudo';
import { useNavigation } from '../../../src-renderer/stores/navigation';
import { countDifferences, diffRows, matchesShortcut } from '../../../src-renderer/ui';

describe('navigation', () => {
  beforeEach(() => setActivePinia(createPinia()));

  test('goes back and forward, and forgets what was ahead after a turn', () => {
    const navigation = useNavigation();
    navigation.go('jobs');
    navigation.go('history');
    navigation.back();
    expect(navigation.current.view).toBe('jobs');
    navigation.go('settings');
    expect(navigation.canGoForward).toBe(false);
    navigation.back();
    navigation.back();
    expect(navigation.current.view).toBe('home');
    expect(navigation.canGoBack).toBe(false);
  });

  test('forgets every place of a closed disk and stands somewhere that exists', () => {
    const navigation = useNavigation();
    navigation.go('disk', { fileId: 'a', section: 'map' });
    navigation.go('disk', { fileId: 'b', section: 'map' });
    navigation.forgetDisk('b');
    expect(navigation.current.params['fileId']).toBe('a');
    navigation.forgetDisk('a');
    expect(navigation.current.view).toBe('home');
  });
});

describe('the palette', () => {
  test('finds letters in order and prefers the starts of words', () => {
    expect(fuzzyScore('xyz', 'Create a disk')).toBeNull();
    expect(fuzzyScore('cd', 'Create a disk')).toBeLessThan(fuzzyScore('cd', 'Record') ?? 0);
  });
});

describe('shortcuts', () => {
  const press = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...init });
  test('match exactly their modifiers', () => {
    expect(matchesShortcut(press('k', { ctrlKey: true }), 'Mod+K')).toBe(true);
    expect(matchesShortcut(press('k', { ctrlKey: true, shiftKey: true }), 'Mod+K')).toBe(false);
    expect(matchesShortcut(press('k'), 'Mod+K')).toBe(false);
    expect(matchesShortcut(press('?', { shiftKey: true }), '?')).toBe(true);
  });
});

describe('byte differences', () => {
  test('are counted where bytes differ, are cut, or are added', () => {
    expect(countDifferences({ offset: 0, before: '00ff', after: '01ff', lengthBytes: 2 })).toBe(1);
    expect(countDifferences({ offset: 0, before: '00ff', after: '', lengthBytes: 2 })).toBe(2);
  });

  test('lie in rows that are aligned to the file', () => {
    const rows = diffRows({ offset: 30, before: '000000', after: '000001', lengthBytes: 3 });
    expect(rows.map((row) => row.offset)).toEqual([16, 32]);
    expect(rows[0]?.cells[14]).toEqual({ before: '00', after: '00', differs: false });
    expect(rows[1]?.cells[0]?.differs).toBe(true);
  });
});

describe('figures', () => {
  test('a share that is not nothing is never written as nothing', () => {
    expect(formatShare(0)).toBe('0%');
    expect(formatShare(0.00004)).toBe('<0.1%');
    expect(formatShare(0.125)).toBe('12.5%');
  });

  test('sizes follow the units that were chosen', () => {
    expect(formatSize(40_000_000_000)).toBe('37.25 GiB');
    sizeUnits.value = 'decimal';
    expect(formatSize(40_000_000_000)).toBe('40 GB');
    sizeUnits.value = 'binary';
  });

  test('the pseudo-locale keeps names and plural forms', () => {
    const [one, many] = pseudoMessage('one row | {count} rows').split(' | ');
    expect(one).toMatch(/^⟦.*⟧$/);
    expect(many).toContain('{count}');
  });
});
