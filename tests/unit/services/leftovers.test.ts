import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Leftovers } from '../../../src-main/services/jobs/leftovers';
import { useTempFolders } from '../../support/temp';

const tempFolder = useTempFolders();
const HEX = '0123456789abcdef';

describe('what a killed run left', () => {
  it('is found by its target, offered once, and nothing else is touched', async () => {
    const folder = tempFolder();
    const store = path.join(folder, 'running.json');
    const target = path.join(folder, 'new.vhd');
    const mine = path.join(folder, `.new.vhd.${HEX}.platter-part`);
    const others = [
      '.other.vhd.0123456789abcdef.platter-part',
      `.new.vhd.short.platter-part`,
      'new.vhd.txt',
      '.new.vhd',
    ];
    for (const name of others) fs.writeFileSync(path.join(folder, name), 'keep');
    fs.writeFileSync(mine, 'unfinished');
    await new Leftovers(store).begin(target);

    const next = new Leftovers(store, () => false);
    const found = await next.find();
    expect(found).toEqual([{ path: mine, target, sizeBytes: 10 }]);
    await next.settle(found);
    expect(fs.existsSync(mine)).toBe(false);
    for (const name of others) expect(fs.existsSync(path.join(folder, name)), name).toBe(true);
    expect(await new Leftovers(store, () => false).find()).toEqual([]);
  });

  it('may be kept, and is not asked about again', async () => {
    const folder = tempFolder();
    const store = path.join(folder, 'running.json');
    const part = path.join(folder, `.a.vhd.${HEX}.platter-part`);
    fs.writeFileSync(part, 'x');
    await new Leftovers(store).begin(path.join(folder, 'a.vhd'));
    const next = new Leftovers(store, () => false);
    expect(await next.find()).toHaveLength(1);
    await next.settle([]);
    expect(fs.existsSync(part)).toBe(true);
    expect(await next.find()).toEqual([]);
  });

  it('of a run that goes on, or that ended well, is none', async () => {
    const folder = tempFolder();
    const store = path.join(folder, 'running.json');
    fs.writeFileSync(path.join(folder, `.a.vhd.${HEX}.platter-part`), 'x');
    const running = new Leftovers(store);
    await running.begin(path.join(folder, 'a.vhd'));
    expect(await new Leftovers(store).find()).toEqual([]);
    await running.end(path.join(folder, 'a.vhd'));
    expect(await new Leftovers(store, () => false).find()).toEqual([]);
  });

  it('is no link, and a record that is rubbish names nothing', async () => {
    const folder = tempFolder();
    const store = path.join(folder, 'running.json');
    const precious = path.join(folder, 'precious');
    fs.writeFileSync(precious, 'x');
    fs.symlinkSync(precious, path.join(folder, `.a.vhd.${HEX}.platter-part`));
    fs.writeFileSync(
      store,
      JSON.stringify([{ target: path.join(folder, 'a.vhd'), processId: 1 }, { target: 5 }, null]),
    );
    expect(await new Leftovers(store, () => false).find()).toEqual([]);
  });
});
