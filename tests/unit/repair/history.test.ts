import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deleteJournal, historySizeBytes, listJournals, pruneHistory } from '../../../src-main/engine/repair';
import { useTempFolders } from '../../support/temp';
import { Bench, changed, fixedKnobs } from './repair-kit';

const folder = useTempFolders();

describe('the history', () => {
  it('is removed one by one, or by its oldest until it fits a quota', async () => {
    const bench = new Bench(folder(), fixedKnobs());
    const options = { historyFolder: bench.historyFolder };
    for (const title of ['one', 'two', 'three']) {
      const journal = await changed(bench, title);
      const seconds = 1_700_000_000 + (await listJournals(options)).length;
      fs.utimesSync(journal, seconds, seconds);
    }
    const total = await historySizeBytes(options);
    expect(await pruneHistory(total, options)).toEqual([]);
    expect(await pruneHistory(total - 1, options)).toHaveLength(1);
    const left = await listJournals(options);
    expect(left.map((one) => one.title)).toEqual(['three', 'two']);
    expect(await pruneHistory(1, options)).toHaveLength(1);
    expect((await listJournals(options)).map((one) => one.title)).toEqual(['three']);
    expect(await pruneHistory(1, options)).toEqual([]);
    await deleteJournal(left[0]?.journalPath ?? '');
    expect(await listJournals(options)).toEqual([]);
    await expect(deleteJournal(bench.path)).rejects.toMatchObject({ code: 'bad-value' });
  });
});
