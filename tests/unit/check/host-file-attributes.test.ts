import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostAttributes, type HostAttributes } from '../../../src-main/engine/io';
import { withTempFolder } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { checkBuilt, DYNAMIC } from './rule-case';

const PLAIN: HostAttributes = { sparse: false, compressed: false, encrypted: false, integrity: false };
const checkKept = (attributes: HostAttributes | null): ReturnType<typeof checkBuilt> =>
  checkBuilt(DYNAMIC, { hostAttributes: () => Promise.resolve(attributes) });

describe('host-file-attributes', () => {
  it('warns of every attribute that Windows refuses, and Hyper-V is said to refuse the file', async () => {
    for (const [name, word] of [
      ['sparse', 'sparse'],
      ['compressed', 'compressed'],
      ['encrypted', 'encrypted'],
    ] as const) {
      const { findings, readers, verdict } = await checkKept({ ...PLAIN, [name]: true });
      expect(findings.map(({ code, severity, detail }) => [code, severity, detail])).toEqual([
        ['host-file-attributes', 'warning', `The file is ${word}.`],
      ]);
      expect(verdict).toBe('warnings');
      expect(readers['hyper-v']).toEqual({
        verdict: 'refuses',
        why: `Error 0xC03A001A: the file is ${word}.`,
      });
      expect(readers['qemu-from-10'].verdict).toBe('reads');
    }
  });

  it('names several at once', async () => {
    const { findings } = await checkKept({ ...PLAIN, sparse: true, encrypted: true });
    expect(findings[0]?.detail).toBe('The file is sparse and encrypted.');
  });

  it('notes an integrity stream, which nobody refuses', async () => {
    const { findings, readers, verdict } = await checkKept({ ...PLAIN, integrity: true });
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['host-file-attributes', 'note'],
    ]);
    expect(verdict).toBe('clean');
    expect(readers['hyper-v'].verdict).toBe('reads');
  });

  it('says nothing of a plain file, and nothing where the host knows no such attributes', async () => {
    for (const attributes of [PLAIN, null]) expect((await checkKept(attributes)).findings).toEqual([]);
  });
});

describe('hostAttributes', () => {
  it('reads the bits of the file that a link leads to', async () => {
    await withTempFolder(async (folder) => {
      const target = path.join(fs.realpathSync(folder), 'd.vhd');
      const link = path.join(folder, 'link.vhd');
      buildVhd(DYNAMIC).writeTo(target);
      fs.symlinkSync(target, link);
      const asked: string[] = [];
      const attributesOf = (file: string): number => {
        asked.push(file);
        return 0x20 | 0x200 | 0x800 | 0x4000 | 0x8000;
      };
      expect(await hostAttributes(link, { attributesOf })).toEqual({
        sparse: true,
        compressed: true,
        encrypted: true,
        integrity: true,
      });
      expect(asked).toEqual([target]);
      expect(await hostAttributes(link, { attributesOf: () => 0x20 })).toEqual(PLAIN);
    });
  });

  it('is null where the file is gone, Windows does not say, or the system is another', async () => {
    await withTempFolder(async (folder) => {
      const gone = path.join(folder, 'gone.vhd');
      expect(await hostAttributes(gone, { attributesOf: () => 0x200 })).toBeNull();
      expect(await hostAttributes(folder, { attributesOf: () => null })).toBeNull();
      expect(await hostAttributes(folder, null)).toBeNull();
    });
  });
});
