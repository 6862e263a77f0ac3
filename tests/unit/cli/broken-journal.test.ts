import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { buildVhd } from '../../support/vhd-builder';
import { runCli } from './run-cli';

const MIB = 1024 * 1024;
const makeFolder = useTempFolders();

describe('an undo journal beside an image that cannot be read', () => {
  it.each([
    ['compact', ['compact', 'd.vhd']],
    ['resize', ['resize', 'd.vhd', '40M']],
    ['edit', ['edit', 'd.vhd', '--set', 'creator=win']],
    ['repair', ['repair', 'd.vhd', '--apply']],
    ['write', ['write', 'd.vhd', '--offset', '0', '-i', import.meta.filename]],
    ['undo', ['undo', 'd.vhd']],
    ['undo of the journal', ['undo', 'd.vhd.platter-undo']],
  ])('stops %s, which names the way out; that way works', async (_, args) => {
    for (const content of ['', 'no journal at all']) {
      const folder = makeFolder();
      const at = (name: string): string => path.join(folder, name);
      const blocks = [{ index: 0 }, { index: 3, data: 0 }];
      buildVhd({ type: 'dynamic', sizeBytes: 20 * MIB, blocks }).writeTo(at('d.vhd'));
      // a geometry that has a certain repair
      if (args[0] === 'repair') fs.writeFileSync(at('d.vhd'), fs.readFileSync(at('d.vhd')).fill(1, 56, 60));
      fs.writeFileSync(at('d.vhd.platter-undo'), content);
      const named = args.map((arg) => (arg.startsWith('d.vhd') ? at(arg) : arg));
      const { exitCode, stderr } = await runCli(named);
      expect(exitCode).toBe(3);
      expect(stderr.replace(/\s+/g, ' ')).toContain('platter undo --remove');
      expect((await runCli(['undo', '--remove', at('d.vhd.platter-undo')])).exitCode).toBe(0);
      expect(fs.readdirSync(folder)).toEqual(['d.vhd']);
    }
  });
});
