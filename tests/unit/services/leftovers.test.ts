import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFile } from '../../../src-main/engine';
import { nativeFs } from '../../../src-main/engine/io/native';
import { Leftovers } from '../../../src-main/services/jobs/leftovers';
import { useTempFolders } from '../../support/temp';

const tempFolder = useTempFolders();
const HEX = '0123456789abcdef';

/** A folder with an unfinished `name`, and a run that was killed while it made it. */
async function killedRun(name = 'new.vhd'): Promise<{ folder: string; records: string; part: string }> {
  const folder = tempFolder();
  const records = path.join(folder, 'records');
  const part = path.join(folder, `.${name}.${HEX}.platter-part`);
  fs.writeFileSync(part, 'unfinished');
  await new Leftovers(records).begin(path.join(folder, name));
  return { folder, records, part };
}

describe('what a killed run left', () => {
  it('is found by its target, removed when asked, and nothing else is touched', async () => {
    const { folder, records, part } = await killedRun();
    const others = [
      '.other.vhd.0123456789abcdef.platter-part',
      `.new.vhd.short.platter-part`,
      'new.vhd.txt',
      '.new.vhd',
    ];
    for (const name of others) fs.writeFileSync(path.join(folder, name), 'keep');

    const next = new Leftovers(records, () => false);
    const found = await next.find();
    expect(found).toEqual([{ path: part, target: path.join(folder, 'new.vhd'), sizeBytes: 10 }]);
    const madeUp = { path: path.join(folder, 'new.vhd.txt'), target: folder, sizeBytes: 4 };
    expect(await next.settle([...found, madeUp], true)).toEqual(found);
    expect(fs.existsSync(part)).toBe(false);
    for (const name of others) expect(fs.existsSync(path.join(folder, name)), name).toBe(true);
    expect(await new Leftovers(records, () => false).find()).toEqual([]);
    expect(fs.readdirSync(records)).toEqual([]);
  });

  it('may be kept, and is not asked about again', async () => {
    const { records, part } = await killedRun();
    const next = new Leftovers(records, () => false);
    const found = await next.find();
    expect(found).toHaveLength(1);
    expect(await next.settle(found, false)).toEqual([]);
    expect(fs.existsSync(part)).toBe(true);
    expect(await next.find()).toEqual([]);
  });

  it('of a run that goes on, or that ended well, is none', async () => {
    const folder = tempFolder();
    const records = path.join(folder, 'records');
    fs.writeFileSync(path.join(folder, `.a.vhd.${HEX}.platter-part`), 'x');
    const running = new Leftovers(records);
    await running.begin(path.join(folder, 'a.vhd'));
    expect(await running.find()).toEqual([]);
    await running.end(path.join(folder, 'a.vhd'));
    expect(await new Leftovers(records, () => false).find()).toEqual([]);
  });

  it('is offered although its process number has come back as ours, as it does in a container', async () => {
    const { records } = await killedRun();
    expect(await new Leftovers(records, () => true).find()).toHaveLength(1);
  });

  it('is not mistaken for what a run that goes on makes under the same name', async () => {
    const { folder, records, part } = await killedRun();
    const now = new Leftovers(records, () => false);
    await now.begin(path.join(folder, 'new.vhd'));
    expect(await now.find()).toEqual([]);
    await now.end(path.join(folder, 'new.vhd'));
    expect((await now.find()).map((one) => one.path)).toEqual([part]);
  });

  it.skipIf(nativeFs() === null)(
    'is not what a run of any kind is at work on, and such is not removed',
    async () => {
      const { folder, records, part } = await killedRun();
      fs.rmSync(part);
      const output = await OutputFile.create(path.join(folder, 'new.vhd'));
      const now = new Leftovers(records, () => false);
      expect(await now.find()).toEqual([]);
      await output.publish();
      expect(fs.existsSync(path.join(folder, 'new.vhd'))).toBe(true);
    },
  );

  it('of a run on another machine, over a shared home folder, cannot be judged here and is left alone', async () => {
    const { records } = await killedRun();
    const [name = ''] = fs.readdirSync(records);
    const file = path.join(records, name);
    const record = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...record, host: 'elsewhere' }));
    expect(await new Leftovers(records, () => false).find()).toEqual([]);
  });

  it('is kept on record by every run for itself: two at once lose nothing', async () => {
    const { folder, records } = await killedRun('a.vhd');
    fs.writeFileSync(path.join(folder, `.b.vhd.${HEX}.platter-part`), 'x');
    const [first, second] = [new Leftovers(records), new Leftovers(records)];
    await Promise.all([first.begin(path.join(folder, 'c.vhd')), second.begin(path.join(folder, 'b.vhd'))]);
    await first.end(path.join(folder, 'c.vhd'));
    const found = await new Leftovers(records, () => false).find();
    expect(found.map(({ target }) => path.basename(target)).sort()).toEqual(['a.vhd', 'b.vhd']);
  });

  it('is no link, and a record that is rubbish names nothing', async () => {
    const folder = tempFolder();
    const precious = path.join(folder, 'precious');
    fs.writeFileSync(precious, 'x');
    fs.symlinkSync(precious, path.join(folder, `.a.vhd.${HEX}.platter-part`));
    const records = path.join(folder, 'records');
    fs.mkdirSync(records);
    const record = (name: string, content: string): void =>
      fs.writeFileSync(path.join(records, name), content);
    record(
      `1-${HEX}.json`,
      JSON.stringify({ processId: 1, targets: [path.join(folder, 'a.vhd'), 5, 'b.vhd'] }),
    );
    record(`2-${HEX}.json`, '{"targets": 7, ');
    record('notes.json', JSON.stringify({ processId: 1, targets: [precious] }));
    expect(await new Leftovers(records, () => false).find()).toEqual([]);
    expect(fs.readFileSync(precious, 'utf8')).toBe('x');
  });
});
