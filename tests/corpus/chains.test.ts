import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { chainReport, openDisk } from '../../src-main/engine/chain';
import { hashDisk } from '../../src-main/engine/ops/hash';
import { listBlocks, listQemuExtents } from '../support/map-lists';
import { describeCorpus } from '../support/corpus';
import { useTempFolders } from '../support/temp';

describeCorpus('chains of other tools', (corpus) => {
  const folder = useTempFolders();

  /** Child, and the parent that its own tool meant. */
  const EDGES: readonly (readonly [string, string, string])[] = [
    ['chain-win8/win8-child.vhd', 'win8.vhd', 'W2ru'],
    ['vbox7-child.vhd', '', 'W2ru'],
    ['tap-grandchild.vhd', 'tap-child.vhd', ''],
    ['caml-grandchild-abs.vhd', 'caml-child.vhd', 'MacX'],
    ['fattools-grandchild.vhd', 'fattools-child.vhd', ''],
    ['dosboxx2-grandchild.vhd', 'dosboxx2-child.vhd', ''],
    ['dutl-child.vhd', '', ''],
    ['xo-child.vhd', '', ''],
    ['mvhd-child.vhd', '', ''],
  ];

  it.each(EDGES)('%s is followed', async (name, parent, foundBy) => {
    const file = corpus.unpackGroup(name, folder('chain'));
    const { images } = await chainReport(file);
    expect(images.length).toBeGreaterThan(1);
    expect(images.at(-1)?.depth).toBe(0);
    expect(images[0]?.edge).toMatchObject({ identity: 'proven', idMatches: true });
    if (parent !== '') expect(path.basename(images[0]?.parentPath ?? '')).toBe(parent);
    if (foundBy !== '') expect(images[0]?.edge?.foundBy).toBe(foundBy);
    expect(
      images.flatMap((image) => image.problems).filter((problem) => problem.severity === 'error'),
    ).toEqual([]);
  });

  it('a raw parent of blktap is read when it is named', async () => {
    const file = corpus.unpackGroup('tap-child-rawparent.vhd', folder('raw'));
    const raw = path.join(path.dirname(file), 'tap-rawparent.raw');
    await expect(openDisk(file)).rejects.toMatchObject({ code: 'parent-raw-unnamed' });
    const opened = await openDisk(file, { rawParent: raw });
    try {
      const beneath = fs.readFileSync(raw);
      for await (const extent of opened.disk.extents(0, opened.disk.sizeBytes)) {
        if (extent.depth === 0) continue;
        const bytes = new Uint8Array(extent.length);
        await opened.disk.readAt(bytes, extent.offset);
        expect(beneath.subarray(extent.offset, extent.offset + extent.length).equals(bytes)).toBe(true);
      }
    } finally {
      await opened.close();
    }
  });

  it('a child whose parent is not in the corpus is refused, naming the id it needs', async () => {
    const file = corpus.unpack('libvhdi-vpc-child-RECON.vhd', folder('lost'));
    await expect(openDisk(file)).rejects.toMatchObject({
      code: 'parent-missing',
      data: { parentId: 'd49c5c80-350a-4a89-898a-5ad6d10f6578' },
    });
  });

  it('a child is never read as if it stood alone', async () => {
    for (const { name } of corpus.entries.filter((entry) => entry.type === 4)) {
      const file = corpus.unpack(name, folder('alone'));
      await expect(openDisk(file), name).rejects.toMatchObject({ kind: 'refused' });
    }
  });
});

describeCorpus('images with damage of their own tool', (corpus) => {
  const folder = useTempFolders();

  it('are read where they can be, and stop where they cannot', async () => {
    const stopped: readonly (readonly [string, number, RegExp])[] = [
      ['govhdgen-dyn-10M.vhd', 4 * 2 ** 21, /BAT ends before/],
      ['tap-filled-b.vhd', 4 * 2 ** 21, /ends inside block 4/],
    ];
    for (const [name, offset, message] of stopped) {
      const opened = await openDisk(corpus.unpack(name, folder('damaged')));
      try {
        await hashDisk(opened.disk, { length: offset });
        await expect(hashDisk(opened.disk), name).rejects.toThrow(message);
      } finally {
        await opened.close();
      }
      const lenient = await openDisk(corpus.unpack(name, folder('damaged')), { allowDamaged: true });
      const { bytes } = await hashDisk(lenient.disk);
      expect(bytes).toBe(lenient.disk.sizeBytes);
      expect(lenient.chain[0]?.damage.ranges[0]?.offset).toBe(offset);
      await lenient.close();
    }
  });
});

describeCorpus('maps of corpus images', (corpus) => {
  const folder = useTempFolders();

  it('tile the disk in blocks and in extents', async () => {
    for (const { name, type, golden } of corpus.withGolden.filter((entry) => entry.size < 3_000_000)) {
      if (type === 4) continue;
      const opened = await openDisk(corpus.unpack(name, folder('map')));
      try {
        const { blocks, blockSizeBytes } = await listBlocks(opened.disk);
        const count = blocks.reduce((sum, run) => sum + run.count, 0);
        expect(count, name).toBe(Math.ceil(golden.size / blockSizeBytes));
        let position = 0;
        for (const extent of await listQemuExtents(opened.disk)) {
          expect(extent.start, name).toBe(position);
          position += extent.length;
        }
        expect(position, name).toBe(golden.size);
      } finally {
        await opened.close();
      }
    }
  });
});
