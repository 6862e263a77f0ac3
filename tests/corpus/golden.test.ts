import { expect, it } from 'vitest';
import { openDisk } from '../../src-main/engine/chain';
import { hashDisk } from '../../src-main/engine/ops/hash';
import { describeCorpus } from '../support/corpus';
import { useTempFolders } from '../support/temp';

describeCorpus('guest content of every image that two readers agree on', (corpus) => {
  const folder = useTempFolders();

  for (const entry of corpus.withGolden) {
    it(entry.name, async () => {
      const dir = folder('corpus');
      const path = entry.type === 4 ? corpus.unpackGroup(entry.name, dir) : corpus.unpack(entry.name, dir);
      const opened = await openDisk(path);
      try {
        const { hash, bytes } = await hashDisk(opened.disk);
        expect({ size: bytes, sha256_16: hash.slice(0, 16) }).toEqual({
          size: entry.golden.size,
          sha256_16: entry.golden.sha256_16,
        });
      } finally {
        await opened.close();
      }
    });
  }
});
