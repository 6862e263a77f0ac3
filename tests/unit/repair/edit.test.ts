import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyEdit, planEdit } from '../../../src-main/engine/ops/edit';
import { EDIT_FIELDS } from '../../../src-main/engine/ops/edit-fields';
import { checkImage } from '../../../src-main/engine/check';
import { useTempFolders } from '../../support/temp';
import { checksumOf } from '../../support/vhd-builder';
import { Bench, dynamicKnobs, fixedKnobs } from './repair-kit';

const folder = useTempFolders();
const ID = '11111111-2222-4333-8444-555555555555';

const child = (folderPath: string, more = {}, name = 'child.vhd'): Bench =>
  new Bench(
    folderPath,
    dynamicKnobs({
      type: 'differencing',
      header: { parentId: ID, parentName: 'base.vhd' },
      locators: [{ platform: 'W2ru', data: '.\\base.vhd' }],
      ...more,
    }),
    name,
  );

const edit = (bench: Bench, set: Readonly<Record<string, string>>, more = {}) =>
  applyEdit(bench.path, { set, historyFolder: bench.historyFolder, ...more });

describe('edit', () => {
  const cases: readonly [string, string, (footer: Buffer) => unknown, unknown][] = [
    ['creator', 'tap', (f) => f.subarray(28, 32).toString('latin1'), 'tap\0'],
    ['creatorVersion', '5.3', (f) => f.readUInt32BE(32), 0x50003],
    ['hostOs', 'Mac', (f) => f.subarray(36, 40).toString('latin1'), 'Mac '],
    ['uniqueId', ID, (f) => f.subarray(68, 84).toString('hex'), ID.replaceAll('-', '')],
    ['savedState', '1', (f) => f[84], 1],
    ['hidden', 'true', (f) => f[85], 1],
    ['temporary', '1', (f) => f.readUInt32BE(8), 3],
    ['geometry', '100/16/63', (f) => f.readUInt32BE(56), 0x0064103f],
    ['timestamp', '2000-01-02T00:00:00Z', (f) => f.readUInt32BE(24), 86_400],
    ['originalSize', '1M', (f) => Number(f.readBigUInt64BE(40)), 1 << 20],
  ];
  for (const [field, value, read, expected] of cases) {
    it(`sets ${field} in footer and copy, with right checksums, and can be undone`, async () => {
      const bench = new Bench(folder(), dynamicKnobs());
      const before = bench.bytes();
      const shown = await planEdit(bench.path, { set: { [field]: value } });
      expect(bench.bytes().equals(before)).toBe(true);
      const plan = await applyEdit(
        bench.path,
        { set: { [field]: value }, historyFolder: bench.historyFolder },
        shown.stateToken,
      );
      expect(plan.plan).toEqual(shown.plan);
      const after = bench.bytes();
      for (const footer of [after.subarray(0, 512), after.subarray(-512)]) {
        expect(read(footer)).toEqual(expected);
        expect(footer.readUInt32BE(64)).toBe(checksumOf(footer, 64));
      }
      expect(
        plan.plan[0]?.changes.some((change) => change.fields?.some((one) => one.field === 'checksum')),
      ).toBe(true);
      await bench.undo();
      expect(bench.bytes().equals(before)).toBe(true);
    });
  }

  it('sets the geometry of the specification, and a random id that the preview shows', async () => {
    const bench = new Bench(folder(), fixedKnobs({ footer: { geometry: [1, 2, 3] } }));
    const shown = await planEdit(bench.path, { set: { geometry: 'auto', uniqueId: 'random' } });
    const plan = await applyEdit(
      bench.path,
      { set: { geometry: 'auto', uniqueId: 'random' }, historyFolder: bench.historyFolder },
      shown.stateToken,
    );
    expect(plan.plan).toEqual(shown.plan);
    expect((await checkImage(bench.path)).findings.filter((one) => one.code.startsWith('geometry'))).toEqual(
      [],
    );
  });

  it('sets what the header says of the parent, of a differencing disk only', async () => {
    const bench = child(folder());
    const plan = await edit(bench, {
      parentId: 'aaaaaaaa-2222-4333-8444-555555555555',
      parentName: 'neu ü.vhd',
      parentTimestamp: '0',
    });
    const header = bench.bytes().subarray(512, 1536);
    expect(header.subarray(40, 44).toString('hex')).toBe('aaaaaaaa');
    expect(header.readUInt32BE(36)).toBe(checksumOf(header, 36));
    expect(plan.journal).not.toBeNull();
    const dynamic = new Bench(folder(), dynamicKnobs());
    await expect(edit(dynamic, { parentId: ID })).rejects.toMatchObject({ code: 'type-mismatch' });
  });

  it('refuses a new id while a child beside it names the old one, unless that is accepted', async () => {
    const into = folder();
    const parent = new Bench(into, dynamicKnobs({ footer: { uniqueId: ID } }), 'base.vhd');
    child(into);
    const before = parent.bytes();
    await expect(edit(parent, { uniqueId: 'random' })).rejects.toMatchObject({
      code: 'has-children',
      data: { children: [path.join(into, 'child.vhd')] },
    });
    expect(parent.bytes().equals(before)).toBe(true);
    // Who looks at the plan learns of it before anything is refused; what a child does not see breaks none.
    expect((await planEdit(parent.path, { set: { uniqueId: 'random' } })).children).toEqual(['child.vhd']);
    expect((await planEdit(parent.path, { set: { creator: 'vbox' } })).children).toBeUndefined();
    await edit(parent, { creator: 'vbox' });
    await edit(parent, { uniqueId: 'random' }, { breakChildren: true });
  });

  it('refuses a structure that fails its checksum rather than sealing it', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    bench.write(100, [1]);
    await expect(edit(bench, { creator: 'vbox' })).rejects.toMatchObject({ code: 'too-damaged' });
  });

  it('refuses unknown fields and values that are none, naming what there is', async () => {
    const bench = new Bench(folder(), dynamicKnobs());
    await expect(edit(bench, { nonsense: '1' })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('creator') as unknown,
    });
    await expect(edit(bench, {})).rejects.toMatchObject({ code: 'usage' });
    for (const [field, value] of [
      ['creator', 'too long'],
      ['creatorVersion', 'x'],
      ['uniqueId', 'x'],
      ['savedState', '2'],
      ['geometry', '1/2'],
      ['timestamp', 'yesterday'],
      ['originalSize', '100'],
    ] as const)
      await expect(edit(bench, { [field]: value }), field).rejects.toMatchObject({ code: 'bad-value' });
  });

  it('names every field once', () => {
    expect(new Set(EDIT_FIELDS.map((field) => field.name)).size).toBe(EDIT_FIELDS.length);
  });
});
