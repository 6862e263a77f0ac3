import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImage } from '../../../src-main/engine/check';
import { createContext } from '../../../src-main/engine/check/context';
import { runRules } from '../../../src-main/engine/check/run-rules';
import type { Rule } from '../../../src-main/engine/check/rule';
import { RULES } from '../../../src-main/engine/check/catalogue';
import { readMetadata } from '../../../src-main/engine/disk/metadata';
import { openForWriting, OverlayFile } from '../../../src-main/engine/io';
import { JournaledFile, undoImage } from '../../../src-main/engine/repair';
import { AppError } from '../../../src-shared/errors';
import { FaultyFile, MemoryFile, RecordingFile } from '../../support/fake-files';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { checkBuilt, DYNAMIC, EMPTY, FIXED, MIB, NOW_SECONDS } from './rule-case';

const folders = useTempFolders();

const throwing = (code: string): Rule => {
  const [sample] = RULES;
  if (!sample) throw new Error('no rules');
  return {
    ...sample,
    code,
    run: () => {
      throw new TypeError('cannot read properties of undefined');
    },
  };
};

describe('checkImage', () => {
  it('goes on when a rule throws, and says so as a finding', async () => {
    const file = await buildVhd({ ...FIXED, footer: { features: 0 } }).file();
    const context = await createContext(file, await readMetadata(file), { nowSeconds: NOW_SECONDS });
    const findings = await runRules(context, [
      throwing('broken'),
      ...RULES.filter(({ level }) => level === 'quick'),
    ]);
    expect(findings.map(({ code }) => code).sort()).toEqual(['check-rule-failed', 'features-reserved-bit']);
    expect(findings.find(({ code }) => code === 'check-rule-failed')?.detail).toMatch(/"broken"/);
  });

  it('goes on when a rule throws in the middle of the blocks', async () => {
    const file = await buildVhd(DYNAMIC).file();
    const context = await createContext(file, await readMetadata(file), { nowSeconds: NOW_SECONDS });
    const { run: _run, ...facts } = throwing('broken-blocks');
    const rule: Rule = {
      ...facts,
      startBlocks: () => ({
        visit: () => {
          throw new RangeError('out of range');
        },
        finish: () => ({ detail: 'never', where: null }),
      }),
    };
    const findings = await runRules(context, [rule, ...RULES.filter(({ level }) => level === 'deep')]);
    expect(findings.map(({ code }) => code)).toEqual(['check-rule-failed']);
  });

  it('reports trouble with the disk under the file as an error of the system, not as a finding', async () => {
    const file = new FaultyFile(await buildVhd(DYNAMIC).file(), (call) =>
      call.name === 'readAt' && call.offset > 4096 ? { errno: 'EIO' } : null,
    );
    const metadata = await readMetadata(await buildVhd(DYNAMIC).file());
    await expect(checkImage({ file, metadata }, { deep: true })).rejects.toMatchObject({ code: 'io-error' });
  });

  it('never writes, and leaves the file as it was', async () => {
    const file = new RecordingFile(await buildVhd({ ...DYNAMIC, footerForm: 'absent' }).file());
    await checkImage({ file, metadata: await readMetadata(file) }, { deep: true, chain: true });
    expect(file.named('writeAt', 'setSize', 'zeroRange')).toEqual([]);
  });

  it('stops when it is cancelled', async () => {
    const file = await buildVhd(DYNAMIC).file();
    const metadata = await readMetadata(file);
    await expect(checkImage({ file, metadata }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('leaves out of findings and verdict what is ignored, and all but what is asked for', async () => {
    const image = { ...FIXED, footer: { features: 0, savedState: 1 } };
    expect((await checkBuilt(image, { ignore: ['features-reserved-bit'] })).verdict).toBe('clean');
    const only = await checkBuilt(image, { only: ['saved-state'] });
    expect(only.findings.map(({ code }) => code)).toEqual(['saved-state']);
  });

  it('puts the worst first', async () => {
    const { findings } = await checkBuilt({
      ...DYNAMIC,
      footer: { savedState: 1, features: 0 },
      header: { version: 7 },
    });
    expect(findings.map(({ severity }) => severity)).toEqual(['error', 'warning', 'note']);
  });

  it('says which levels ran and how far it is', async () => {
    const seen: number[] = [];
    const report = await checkBuilt(DYNAMIC, {
      deep: true,
      onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes / totalBytes),
    });
    expect(report.levels).toEqual({ deep: true, chain: false });
    expect(seen.at(-1)).toBe(1);
  });

  it('sees an overlay as the file it would become', async () => {
    const built = buildVhd({ ...DYNAMIC, footerCopy: null });
    const overlay = await OverlayFile.over(await built.file());
    await overlay.writeAt(built.bytes().subarray(built.footerOffset), 0);
    const report = await checkImage(
      { file: overlay, metadata: await readMetadata(overlay) },
      { nowSeconds: NOW_SECONDS },
    );
    expect(report.findings).toEqual([]);
  });

  it('takes a footer inside the BAT for the rest of an old one, as VirtualBox leaves it', async () => {
    const old = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, footer: { creator: 'vbox' } });
    const image = buildVhd({
      type: 'dynamic',
      sizeBytes: 3000 * MIB,
      footer: { creator: 'vbox' },
      footerForm: 'absent',
      patches: [{ offset: 2048, bytes: old.bytes().subarray(0, 512) }],
    });
    const file = await image.file();
    const { findings } = await checkImage(
      { file, metadata: await readMetadata(file) },
      { nowSeconds: NOW_SECONDS },
    );
    const missing = findings.find(({ code }) => code === 'footer-missing');
    expect(missing?.likelyCause).toMatch(/VirtualBox resized/);
    expect(findings.some(({ code }) => code === 'bytes-after-footer')).toBe(false);
  });

  it('warns of a merge of Xen Orchestra that is not finished', async () => {
    const folder = folders();
    const image = buildVhd(DYNAMIC).writeTo(path.join(folder, 'disk.vhd'));
    expect((await checkImage(image, { nowSeconds: NOW_SECONDS })).findings).toEqual([]);
    fs.writeFileSync(path.join(folder, '.disk.vhd.merge.json'), '{}');
    const { findings } = await checkImage(image, { nowSeconds: NOW_SECONDS });
    expect(findings.map(({ code, likelyCause }) => [code, likelyCause])).toEqual([
      ['merge-in-progress', 'A merge is in progress, or was interrupted.'],
    ]);
  });

  it('names a change that was interrupted, and what can be done about it', async () => {
    const folder = folders();
    const image = buildVhd(DYNAMIC).writeTo(path.join(folder, 'disk.vhd'));
    const begin = async (operation: string): Promise<void> => {
      const file = await openForWriting(image);
      const journaled = await JournaledFile.begin(file, { operation, title: `A ${operation}` });
      await journaled.writeAt(new Uint8Array([0]), 84);
      await journaled.close();
      await file.close();
    };
    const found = async () =>
      (await checkImage(image, { nowSeconds: NOW_SECONDS })).findings.map(({ code, hint, detail }) => ({
        code,
        hint,
        detail,
      }));
    expect(await found()).toEqual([]);
    await begin('repair');
    expect(await found()).toEqual([
      {
        code: 'change-interrupted',
        hint: expect.stringContaining('--finish') as string,
        detail: expect.stringContaining('"A repair"') as string,
      },
    ]);
    await undoImage(image, { historyFolder: path.join(folder, 'history') });
    expect(await found()).toEqual([]);
    await begin('resize');
    expect((await found())[0]?.hint).not.toContain('--finish');
    fs.writeFileSync(image, 'nothing of a VHD is left');
    await expect(checkImage(image)).rejects.toMatchObject({
      hint: expect.stringContaining('platter undo') as string,
    });
    buildVhd(DYNAMIC).writeTo(image);
    fs.writeFileSync(`${image}.platter-undo`, 'garbage');
    expect((await found())[0]?.hint).toContain('--remove');
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'not-a-vhd', /an empty file/],
    [
      'a web page',
      Uint8Array.from(Buffer.from('<!DOCTYPE html><title>404</title>')),
      'not-a-vhd',
      /web page/,
    ],
    ['a VHDX', Uint8Array.from(Buffer.from('vhdxfile'.padEnd(4096))), 'not-a-vhd', /VHDX/],
    ['zeros', new Uint8Array(8192), 'no-metadata', /neither a VHD footer nor/],
  ] as const)('refuses %s and says what it is', async (_name, bytes, code, message) => {
    const file = new MemoryFile(bytes, 'something.vhd');
    const refused = checkImage({ file, metadata: await readMetadata(file) });
    await expect(refused).rejects.toBeInstanceOf(AppError);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('looks at a million BAT entries without an object for each', async () => {
    const image = { ...EMPTY, sizeBytes: 2040 * 1024 * MIB, batOverrides: { 1_000_000: 7, 5: 8 } };
    const { findings } = await checkBuilt(image);
    expect(findings.map(({ code }) => code)).toEqual(['bat-entry-in-metadata']);
    expect(findings[0]?.count).toBe(2);
  });
});
