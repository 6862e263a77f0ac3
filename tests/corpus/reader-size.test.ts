import { expect, it } from 'vitest';
import {
  formatGeometry,
  geometryForSize,
  sizesByReader,
  virtualBoxChildGeometry,
  type Geometry,
} from '../../src-shared/vhd';
import { describeCorpus, type CorpusEntry } from '../support/corpus';

/** Images that qemu-img refuses for reasons that have nothing to do with which size it takes. */
const REFUSED_BY_QEMU: Readonly<Record<string, string>> = {
  'chain-dfvfs/image-differential.vhd': 'stale footer checksum',
  'chain-dfvfs/image.vhd': 'stale footer checksum',
  'dfvfs-image-differential.vhd': 'stale footer checksum',
  'dfvfs-image.vhd': 'stale footer checksum',
  'fattools-fixed-odd.vhd': 'fixed, not a whole number of sectors',
  'govhdgen-dyn-10M.vhd': 'one BAT entry too few',
  'govhdgen-dyn-200G.vhd': 'one BAT entry too few',
  'govhdgen-dyn-3G.vhd': 'one BAT entry too few',
  'qemu72-fixed-0.vhd': 'fixed, of size zero',
  'tap-filled-b.vhd': 'last block is cut off',
  'vbox7-resized.vhd': 'BAT overwritten while it was resized',
  'vhdtool-dyn-3t.vhd': 'more than 2040 GiB',
};

/** The raw creator application: the manifest writes a NUL as `\0`. */
function creatorOf(entry: CorpusEntry): string {
  return entry.app.replace(/\\0/g, '\0');
}

function geometryOf(entry: CorpusEntry): Geometry {
  const [cylinders = 0, heads = 0, sectorsPerTrack = 0] = (entry as CorpusEntry & { chs: number[] }).chs;
  return { cylinders, heads, sectorsPerTrack };
}

describeCorpus('the size that QEMU takes', (corpus) => {
  it.each(['qemu72', 'qemu11'] as const)('is foretold for every image that %s opens', (peer) => {
    const wrong: string[] = [];
    let compared = 0;
    for (const entry of corpus.entries) {
      const seen = entry.peers[peer];
      if (typeof seen !== 'number') continue;
      const sizes = sizesByReader({
        creatorApplication: creatorOf(entry),
        currentSizeBytes: entry.cur,
        geometry: geometryOf(entry),
      });
      const foretold = peer === 'qemu72' ? sizes.qemuUpTo9 : sizes.qemuFrom10;
      if (foretold !== seen) wrong.push(`${entry.name}: ${seen}, foretold ${foretold}`);
      compared += 1;
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(corpus.entries.length - Object.keys(REFUSED_BY_QEMU).length);
  });

  it('is missing exactly for the images that it is known to refuse', () => {
    for (const peer of ['qemu72', 'qemu11']) {
      const refused = corpus.entries.filter((entry) => typeof entry.peers[peer] !== 'number');
      expect(refused.map((entry) => entry.name).sort()).toEqual(Object.keys(REFUSED_BY_QEMU).sort());
    }
  });
});

describeCorpus('the geometry by the specification', (corpus) => {
  it.each(['win ', 'tap\0', 'vpc ', 'caml', 'dutl', 'Py  '])('is what %j images carry', (creator) => {
    const entries = corpus.entries.filter((entry) => creatorOf(entry) === creator);
    expect(entries.length).toBeGreaterThan(0);
    for (const entry of entries) {
      expect(formatGeometry(geometryOf(entry)), entry.name).toBe(formatGeometry(geometryForSize(entry.cur)));
    }
  });

  it('is what VirtualBox writes into new images, and 16/63 into its children', () => {
    for (const name of ['vbox7-dyn-40M.vhd', 'vbox7-fixed-5M.vhd', 'vbox43-fixed10M.vhd', 'govhd-vbox.vhd']) {
      const entry = corpus.entry(name);
      expect(geometryOf(entry)).toEqual(geometryForSize(entry.cur));
    }
    const child = corpus.entry('vbox7-child.vhd');
    expect(geometryOf(child)).toEqual(virtualBoxChildGeometry(child.cur));
  });
});
