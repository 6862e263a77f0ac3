/** `map --format qemu` against what the qemu-img of this machine prints. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDisk } from '../../src-main/engine/chain';
import { listQemuExtents } from '../support/map-lists';
import type { QemuExtent } from '../../src-shared/model/map';
import { describeCorpus } from '../support/corpus';
import { hasOracle, runOracle } from '../support/oracle';
import { withTempFolder } from '../support/temp';

function qemuMap(file: string, format: string): QemuExtent[] | null {
  const { status, stdout } = runOracle('qemu-img', ['map', '--output=json', '-f', format, file]);
  if (status !== 0) return null;
  return (JSON.parse(stdout.toString()) as QemuExtent[]).map(
    ({ start, length, depth, present, zero, data, offset }) => ({
      start,
      length,
      depth,
      present,
      zero,
      data,
      ...(offset === undefined ? {} : { offset }),
    }),
  );
}

async function ourMap(file: string, format: 'vhd' | 'raw' = 'vhd'): Promise<readonly QemuExtent[]> {
  const opened = await openDisk(file, { format });
  try {
    return await listQemuExtents(opened.disk);
  } finally {
    await opened.close();
  }
}

const sizeOf = (extents: readonly QemuExtent[]): number => {
  const last = extents.at(-1);
  return last ? last.start + last.length : 0;
};

describeCorpus('the map that qemu-img prints, on the corpus', (corpus) => {
  it('is equal for every dynamic image whose size qemu reads alike and whose blocks are sound', async ({
    skip,
  }) => {
    if (!hasOracle('qemu-img')) skip('qemu-img is not installed');
    let compared = 0;
    await withTempFolder(async (folder) => {
      for (const { name } of corpus.entries.filter((entry) => entry.type === 3)) {
        const file = corpus.unpack(name, folder);
        const theirs = qemuMap(file, 'vpc');
        const ours = await ourMap(file).catch((error: unknown) => {
          expect(error, name).toMatchObject({
            code: expect.stringMatching(/^(damaged-range|too-damaged|no-metadata|unsupported)$/) as string,
          });
          return null;
        });
        fs.rmSync(file);
        // of a disk of no bytes qemu-img prints one extent of no bytes
        if (theirs === null || !ours?.length || sizeOf(theirs) !== sizeOf(ours)) continue;
        expect(ours, name).toEqual(theirs);
        compared += 1;
      }
    });
    expect(compared).toBeGreaterThan(20);
  });
});

describe('the map that qemu-img prints, of its own images', () => {
  it.each([
    ['fixed', 'vhd'],
    ['dynamic', 'vhd'],
    ['raw', 'raw'],
  ] as const)('is equal for a %s one with holes', async (kind, format) => {
    if (!hasOracle('qemu-img') || !hasOracle('qemu-io')) {
      console.warn('SKIPPED: qemu-img or qemu-io is not installed');
      return;
    }
    await withTempFolder(async (folder) => {
      const file = path.join(folder, 'disk');
      const driver = kind === 'raw' ? 'raw' : 'vpc';
      const options = kind === 'raw' ? [] : ['-o', `subformat=${kind},force_size=on`];
      runOracle('qemu-img', ['create', '-q', '-f', driver, ...options, file, '11M']);
      const writes = ['write 2M 64k', 'write 5000k 4k', 'write 10M 64k'].flatMap((write) => ['-c', write]);
      runOracle('qemu-io', ['-f', driver, ...writes, file]);
      const theirs = qemuMap(file, driver);
      expect(theirs).not.toBeNull();
      expect(await ourMap(file, format)).toEqual(theirs);
    });
  });
});
