import { expect, it } from 'vitest';
import { openDisk } from '../../src-main/engine/chain';
import { listBlocks } from '../support/map-lists';
import { viewMap } from '../../src-main/engine/ops/map-view';
import { decodeSectors, fileCells, subjectOf } from '../../src-renderer/components/map/cell-list';
import { runsBetween, runStarts } from '../../src-renderer/components/map/map-runs';
import { describeCorpus } from '../support/corpus';
import { useTempFolders } from '../support/temp';

/** What `platter map` calls the states of the map; where data lies on no boundary is not its concern. */
const WORDS: Readonly<Record<string, string>> = { allocated: 'data', unaligned: 'data' };

describeCorpus('the map on screen of every image that two readers agree on', (corpus) => {
  const folder = useTempFolders();

  for (const entry of corpus.withGolden) {
    it(`says of ${entry.name} what platter map says`, async () => {
      const dir = folder('corpus');
      const path = entry.type === 4 ? corpus.unpackGroup(entry.name, dir) : corpus.unpack(entry.name, dir);
      const opened = await openDisk(path);
      try {
        const map = await viewMap(opened, 'bitmaps');
        const sectors = decodeSectors(map);
        const told = (await listBlocks(opened.disk)).blocks;
        const expected = told.flatMap(({ count, state }) => Array.from({ length: count }, () => state));
        const runs = runsBetween(map, sectors, runStarts(map), 0, Infinity);
        const shown = runs.flatMap(({ count, state }) =>
          Array.from({ length: count }, () => WORDS[state] ?? state),
        );
        expect(shown).toEqual(expected);
        // Where a run of data begins in the file, the map says so, too.
        const places = new Map(runs.map(({ firstBlock, fileOffset }) => [firstBlock, fileOffset]));
        for (const { index, fileOffset } of told)
          if (fileOffset !== undefined && map.sectors.length > 0 && places.has(index))
            expect([index, places.get(index)]).toEqual([index, fileOffset]);
        // In file order every block that has a place is there once, behind the one before it.
        if (sectors.length === 0) return;
        const cells = fileCells(map, sectors);
        const inFile = Array.from(cells.states, (_, cell) => subjectOf(cells, cell)).flatMap((subject) =>
          subject?.kind === 'block' ? [sectors[subject.blockIndex] ?? NaN] : [],
        );
        const used = [...sectors].filter((sector) => sector !== 0xffffffff);
        expect(inFile).toEqual(used.sort((a, b) => a - b));
      } finally {
        await opened.close();
      }
    });
  }
});
