import fs from 'node:fs';
import { expect, it } from 'vitest';
import { describeImage } from '../../src-main/services/image/info';
import { describeCorpus, type CorpusEntry } from '../support/corpus';
import { useTempFolders } from '../support/temp';

/** Fields of the manifest that only this test asks for. */
interface FullEntry extends CorpusEntry {
  readonly chs: readonly [number, number, number];
  readonly os: string;
  readonly appver: string;
  /** ISO 8601 UTC. */
  readonly ts: string;
}

const TYPE_BY_CODE: Readonly<Record<number, string>> = { 2: 'fixed', 3: 'dynamic', 4: 'differencing' };

/** The manifest writes NUL as `\0` and keeps padding; JSON of `info` leaves padding out. */
const withoutPadding = (code: string): string => code.replace(/(\\0| )+$/, '');

describeCorpus('info over the corpus', (corpus) => {
  const makeFolder = useTempFolders('each');

  it('has all the images that the manifest promises', () => {
    expect(corpus.entries.length).toBeGreaterThanOrEqual(208);
  });

  for (const entry of corpus.entries as readonly FullEntry[]) {
    it(`agrees with the manifest about ${entry.name}`, async () => {
      const image = corpus.unpack(entry.name, makeFolder());
      const before = fs.statSync(image, { bigint: true });
      const info = await describeImage(image);
      const [cylinders, heads, sectorsPerTrack] = entry.chs;
      const [versionMajor, versionMinor] = entry.appver.split('.').map(Number);
      expect(info).toMatchObject({
        format: 'vhd',
        type: TYPE_BY_CODE[entry.type],
        virtualSizeBytes: entry.cur,
        originalSizeBytes: entry.orig,
        fileSizeBytes: entry.size,
        geometry: {
          cylinders,
          heads,
          sectorsPerTrack,
          capacityBytes: cylinders * heads * sectorsPerTrack * 512,
        },
        uniqueId: entry.uuid,
        createdAt: entry.ts,
        creator: {
          application: withoutPadding(entry.app),
          hostOs: withoutPadding(entry.os),
          versionMajor,
          versionMinor,
        },
      });
      const footer = info.checksums.footer ?? info.checksums.footerCopy;
      expect(footer?.valid).toBe(entry.cksum_ok);
      const after = fs.statSync(image, { bigint: true });
      expect([after.size, after.mtimeNs]).toEqual([before.size, before.mtimeNs]);
    });
  }
});
