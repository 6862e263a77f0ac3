import { describe, expect, it } from 'vitest';
import { useTempFolders } from '../../support/temp';
import { Bench, BLOCK, dynamicKnobs, item, repairAndUndo } from './repair-kit';

const CODE = 'table-too-small';
const BAT = 1536;
const COUNT = 512 + 28;
const folder = useTempFolders();

/** A sound disk of 12 blocks whose header says that the table has two entries. */
const cutCount = (more: Parameters<typeof dynamicKnobs>[0] = {}): Bench =>
  new Bench(
    folder(),
    dynamicKnobs({
      sizeBytes: 12 * BLOCK,
      blocks: [{ index: 0 }, { index: 1 }, { index: 7 }, { index: 3 }],
      header: { maxTableEntries: 2 },
      ...more,
    }),
  );

describe('a number of entries that was lowered, with the table behind it', () => {
  it('is told, and no entry that stands there is overwritten unless that is chosen', async () => {
    const bench = cutCount();
    const before = bench.bytes();
    const plan = await bench.plan();
    expect(item(plan, CODE)).toMatchObject({ selected: false, risk: 'data' });
    expect(item(plan, CODE).options.map(({ name }) => name)).toEqual(['entries', 'free']);
    await bench.apply({}, plan.stateToken);
    expect(
      bench
        .bytes()
        .subarray(BAT, BAT + 48)
        .equals(before.subarray(BAT, BAT + 48)),
    ).toBe(true);
  });

  it('is raised again, and the blocks are there again', async () => {
    const bench = cutCount();
    const { plan, repaired } = await repairAndUndo(bench, { choose: { [CODE]: 'entries' } });
    expect(plan.predictedVerdict).toBe('clean');
    expect(repaired.readUInt32BE(COUNT)).toBe(12);
    const before = bench.bytes();
    expect(repaired.subarray(BAT, BAT + 48).equals(before.subarray(BAT, BAT + 48))).toBe(true);
  });

  it('gets free entries where that is chosen', async () => {
    const { repaired } = await repairAndUndo(cutCount(), { choose: { [CODE]: 'free' } });
    expect(repaired.readUInt32BE(COUNT)).toBe(12);
    expect(repaired.readUInt32BE(BAT + 4 * 7)).toBe(0xffff_ffff);
  });
});

it('what is no entry is not taken for one, nor overwritten unasked', async () => {
  const bench = cutCount({ blocks: [{ index: 0 }] });
  const damaged = bench.bytes();
  damaged.writeUInt32BE(0x1234_5678, BAT + 4 * 5);
  bench.write(0, damaged);
  const plan = await bench.plan();
  expect(item(plan, CODE)).toMatchObject({ selected: false, risk: 'data' });
  expect(item(plan, CODE).options.map(({ name }) => name)).toEqual(['free']);
});

it('zeros behind the table are padding like ones', async () => {
  const bench = cutCount({ blocks: [{ index: 0 }] });
  const padded = bench.bytes();
  padded.fill(0, BAT + 8, BAT + 512);
  bench.write(0, padded);
  const { plan, repaired } = await repairAndUndo(bench);
  expect(item(plan, CODE)).toMatchObject({ selected: true, risk: 'none' });
  expect(repaired.readUInt32BE(BAT + 4 * 5)).toBe(0xffff_ffff);
});
