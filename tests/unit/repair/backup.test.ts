import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyRepair } from '../../../src-main/engine/repair';
import { makeBackup } from '../../../src-main/engine/repair/backup';
import { NodeFile } from '../../../src-main/engine/io';
import { tarHeader } from '../../../src-main/engine/repair/tar-writer';
import { useTempFolders } from '../../support/temp';
import { Bench, BLOCK, dynamicKnobs, fixedKnobs, sha } from './repair-kit';

const folder = useTempFolders();

interface Manifest {
  readonly fileSizeBytes: number;
  readonly structures: readonly {
    readonly file: string;
    readonly structure: string;
    readonly offset?: number;
    readonly count?: number;
    readonly lengthBytes: number;
    readonly sha256: string;
  }[];
}

/** Unpacked by the system's own tar: the archive is for other programs. */
function unpack(archive: string, into: string): Manifest {
  fs.mkdirSync(into);
  const run = spawnSync('tar', ['-xf', archive, '-C', into]);
  expect(run.stderr.toString()).toBe('');
  expect(run.status).toBe(0);
  return JSON.parse(fs.readFileSync(path.join(into, 'manifest.json'), 'utf8')) as Manifest;
}

describe('a copy before a repair', () => {
  it('of the whole file is the damaged image byte for byte, with its time, and the journal is made as well', async () => {
    const into = folder();
    const bench = new Bench(into, dynamicKnobs({ footer: { features: 0 } }));
    const damaged = bench.bytes();
    fs.utimesSync(bench.path, 1_600_000_000, 1_600_000_000.5);
    const target = path.join(into, 'before.vhd');
    const plan = await applyRepair(bench.path, {
      historyFolder: bench.historyFolder,
      backup: { kind: 'copy', target },
    });
    expect(plan).toMatchObject({
      applied: true,
      backup: { kind: 'copy', path: target, sizeBytes: damaged.length },
    });
    expect(plan.journal).not.toBeNull();
    expect(fs.readFileSync(target).equals(damaged)).toBe(true);
    expect(fs.statSync(target).mtimeMs).toBeCloseTo(1_600_000_000_500, 0);
    expect(bench.bytes().equals(damaged)).toBe(false);
    await bench.undo();
    expect(bench.bytes().equals(damaged)).toBe(true);
  });

  it('of the metadata holds every structure as it lay in the image, and nothing of the content', async () => {
    const into = folder();
    const locators = [{ platform: 'W2ru', data: '.\\parent.vhd' }] as const;
    const bench = new Bench(
      into,
      dynamicKnobs({
        type: 'differencing',
        header: { parentId: '11111111-2222-4333-8444-555555555555', parentName: 'parent.vhd' },
        footer: { features: 0, creator: 'tap\0', creatorVersion: 0x10003 },
        locators: [...locators],
        batmap: 'valid',
      }),
    );
    const damaged = bench.bytes();
    const target = path.join(into, 'before.tar');
    const plan = await applyRepair(bench.path, {
      historyFolder: bench.historyFolder,
      backup: { kind: 'metadata', target },
    });
    expect(plan.backup).toMatchObject({ kind: 'metadata', path: target });
    expect(fs.statSync(target).size).toBeLessThan(BLOCK);
    const manifest = unpack(target, path.join(into, 'unpacked'));
    expect(manifest.fileSizeBytes).toBe(damaged.length);
    expect(manifest.structures.map(({ structure }) => structure).sort()).toEqual(
      ['bat', 'batmap', 'dynamicHeader', 'footer', 'footerCopy', 'parentLocator', 'sectorBitmap'].sort(),
    );
    for (const { file, offset, lengthBytes, sha256 } of manifest.structures) {
      const bytes = fs.readFileSync(path.join(into, 'unpacked', file));
      expect(bytes.length, file).toBe(lengthBytes);
      expect(sha(bytes), file).toBe(sha256);
      if (offset !== undefined)
        expect(bytes.equals(damaged.subarray(offset, offset + lengthBytes)), file).toBe(true);
    }
    const bitmaps = fs.readFileSync(path.join(into, 'unpacked', 'sector-bitmaps.bin'));
    const [first, third] = [0, 2].map((index) => bench.built.bitmapOffsets.get(index) ?? 0);
    expect(bitmaps.equals(Buffer.concat([at(damaged, first), at(damaged, third)]))).toBe(true);
  });

  it('takes what is there of an image whose footers and header are gone, or of a fixed disk', async () => {
    const into = folder();
    const bench = new Bench(into, dynamicKnobs());
    bench.write(0, new Uint8Array(1536).fill(0));
    bench.write(bench.bytes().length - 512, new Uint8Array(512).fill(0));
    for (const [name, image] of [
      ['a', bench.path],
      ['b', new Bench(folder(), fixedKnobs()).path],
    ] as const) {
      const file = await NodeFile.open(image, 'read');
      await makeBackup(file, { kind: 'metadata', target: path.join(into, `${name}.tar`) });
      await file.close();
      const { structures } = unpack(path.join(into, `${name}.tar`), path.join(into, name));
      expect(structures.map(({ structure }) => structure)).toContain('footer');
    }
  });

  it('keeps holes, so that a copy of a large empty disk is small', async () => {
    const into = folder();
    const image = path.join(into, 'large.vhd');
    fs.writeFileSync(image, 'x');
    fs.truncateSync(image, 4 * 1024 ** 3);
    fs.appendFileSync(image, 'end');
    const file = await NodeFile.open(image, 'read');
    await makeBackup(file, { kind: 'copy', target: path.join(into, 'copy.vhd') });
    await file.close();
    const stats = fs.statSync(path.join(into, 'copy.vhd'));
    expect(stats.size).toBe(4 * 1024 ** 3 + 3);
    expect(stats.blocks * 512).toBeLessThan(4 * 1024 * 1024);
  });

  it.each([8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 17 * 1024 ** 3 + 5])(
    'of the metadata of very many blocks is an archive that tar reads (%i bytes of bitmaps)',
    (length) => {
      const archive = path.join(folder(), 'long.tar');
      fs.writeFileSync(archive, tarHeader('sector-bitmaps.bin', length));
      fs.truncateSync(archive, 512 * (1 + Math.ceil(length / 512) + 2));
      const list = execFileSync('tar', ['-tvf', archive], { encoding: 'utf8' });
      expect(list).toMatch(new RegExp(`\\b${length} .*sector-bitmaps\\.bin`));
    },
  );

  it.each(['copy', 'metadata'] as const)(
    'never replaces a file (%s), and then nothing is repaired',
    async (kind) => {
      const into = folder();
      const bench = new Bench(into, dynamicKnobs({ footer: { features: 0 } }));
      const damaged = bench.bytes();
      const target = path.join(into, 'mine');
      fs.writeFileSync(target, 'mine');
      await expect(
        applyRepair(bench.path, { historyFolder: bench.historyFolder, backup: { kind, target } }),
      ).rejects.toMatchObject({ code: 'target-exists' });
      expect(fs.readFileSync(target, 'utf8')).toBe('mine');
      expect(bench.bytes().equals(damaged)).toBe(true);
    },
  );

  it.each(['copy', 'metadata'] as const)('leaves nothing behind when it is cancelled (%s)', async (kind) => {
    const into = folder();
    const bench = new Bench(into, dynamicKnobs({ footer: { features: 0 } }));
    const damaged = bench.bytes();
    const cancel = new AbortController();
    const phases = new Set<string>();
    await expect(
      applyRepair(bench.path, {
        historyFolder: bench.historyFolder,
        backup: { kind, target: path.join(into, 'copy') },
        signal: cancel.signal,
        onProgress: ({ phase }) => {
          phases.add(phase);
          if (phase === 'backup') cancel.abort();
        },
      }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(phases).toContain('backup');
    expect(bench.bytes().equals(damaged)).toBe(true);
    expect(fs.readdirSync(into)).toEqual(['disk.vhd']);
  });
});

const at = (bytes: Buffer, offset: number | undefined): Buffer =>
  bytes.subarray(offset ?? 0, (offset ?? 0) + 512);
