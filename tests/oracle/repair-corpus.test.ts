import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openDisk } from '../../src-main/engine/chain';
import { checkImage } from '../../src-main/engine/check';
import { applyRepair, planRepair, undoImage } from '../../src-main/engine/repair';
import { describeCorpus } from '../support/corpus';
import { useTempFolders } from '../support/temp';

const folder = useTempFolders();
const CHUNK_BYTES = 4 << 20;

async function contentHash(image: string): Promise<string> {
  const { disk } = await openDisk(image);
  const hash = crypto.createHash('sha256');
  try {
    for (let offset = 0; offset < disk.sizeBytes; offset += CHUNK_BYTES) {
      const bytes = new Uint8Array(Math.min(CHUNK_BYTES, disk.sizeBytes - offset));
      await disk.readAt(bytes, offset);
      hash.update(bytes);
    }
    return hash.digest('hex');
  } finally {
    await disk.close();
  }
}

describeCorpus('repair of images that other tools made', (corpus) => {
  /** Images of which something is certain to be mended; nothing of it may touch the content. */
  const mended = [
    'bochs-vpc-10M.vhd',
    'dfvfs-image-old.vhd',
    'dosboxx-fixed5.vhd',
    'tap-nofooter.vhd',
    'vinil-new.vhd',
    'xo-sparse-stream.vhd',
    'xo-stream.vhd',
    'xo-with-length.vhd',
    'xo-written.vhd',
  ];
  for (const name of mended) {
    it(`${name}: what is certain leaves the content as it is, and can be undone`, async () => {
      const into = folder();
      const image = corpus.unpack(name, into);
      const before = fs.readFileSync(image);
      const hash = await contentHash(image);
      const { golden } = corpus.entry(name);
      if (golden) expect(hash.slice(0, 16)).toBe(golden.sha256_16);
      const history = { historyFolder: path.join(into, 'history') };
      const plan = await applyRepair(image, history);
      expect(plan.plan.some((item) => item.selected && item.changes.length > 0)).toBe(true);
      expect(plan.plan.filter((item) => item.selected).every((item) => item.risk !== 'data')).toBe(true);
      expect(plan.predictedVerdict).not.toBe('errors');
      expect((await checkImage(image, { deep: true })).verdict).toBe(plan.predictedVerdict);
      expect(await contentHash(image)).toBe(hash);
      await undoImage(image, history);
      expect(fs.readFileSync(image).equals(before)).toBe(true);
    });
  }

  /** Images that their own tools broke, with the choices that a person would make. */
  const broken: readonly [string, Readonly<Record<string, string>>][] = [
    ['govhdgen-dyn-200G.vhd', {}],
    ['govhdgen-dyn-3G.vhd', { 'bat-entry-in-metadata': 'clear' }],
    ['vbox7-resized.vhd', { 'bat-entry-outside': 'clear', 'bat-entry-in-metadata': 'clear' }],
    ['tap-filled-b.vhd', { 'block-cut-off': 'pad' }],
    ['dfvfs-image.vhd', { 'footer-checksum': 'recompute' }],
  ];
  for (const [name, choose] of broken) {
    it(`${name}: broken by its tool, sound after the repair`, async () => {
      const into = folder();
      const image = corpus.unpack(name, into);
      const before = fs.readFileSync(image);
      const shown = await planRepair(image);
      for (const code of Object.keys(choose))
        expect(shown.plan.find((item) => item.code === code)?.selected, code).toBe(false);
      const history = { historyFolder: path.join(into, 'history') };
      const plan = await applyRepair(image, { ...history, choose });
      expect(plan.predictedVerdict, plan.remaining.join(', ')).not.toBe('errors');
      expect((await checkImage(image, { deep: true })).verdict).toBe(plan.predictedVerdict);
      await undoImage(image, history);
      expect(fs.readFileSync(image).equals(before)).toBe(true);
    });
  }
});
