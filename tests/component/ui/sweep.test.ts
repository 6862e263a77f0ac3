import { describe, expect, test } from 'vitest';
import { defineComponent } from 'vue';
import type { SweepRow } from '../../../src-shared/model';
import { useSweep } from '../../../src-renderer/views/sweep/use-sweep';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

const row = (name: string): SweepRow => ({
  file: { id: name, name, displayPath: `/images/${name}` },
  format: 'vhd',
  type: 'dynamic',
  virtualSizeBytes: 1024,
  fileSizeBytes: 2048,
  verdict: 'clean',
  errors: 0,
  warnings: 0,
  uniqueId: null,
  parent: null,
  readersAgainst: [],
  problem: null,
});

/** A main that gives each walk a number, and a page that walks. */
async function walker() {
  let started = 0;
  const client = loopback({
    'sweep.start': () => ({ sweepId: `walk-${(started += 1)}` }),
    'sweep.cancel': () => ({}),
  });
  const made: ReturnType<typeof useSweep>[] = [];
  const screen = await mount(
    defineComponent(() => {
      made.push(useSweep());
      return () => null;
    }),
    {},
    client,
  );
  const sweep = made[0]!;
  const tell = (sweepId: string, name: string, done: boolean): void =>
    client.emit('sweep.rows', { sweepId, rows: [row(name)], skipped: [], seen: 1, done });
  const names = (): string[] => sweep.rows.value.map(({ file }) => file.name);
  const cancelled = (): unknown[] =>
    client.calls.filter(({ method }) => method === 'sweep.cancel').map(({ input }) => input);
  return { screen, sweep, tell, names, cancelled };
}

describe('a walk through a folder', () => {
  test('takes its rows, those before the answer too, until it is done', async () => {
    const { sweep, tell, names, cancelled } = await walker();
    const starting = sweep.start('folder', true);
    await Promise.resolve();
    tell('walk-1', 'a.vhd', false);
    expect(names()).toEqual([]);
    await starting;
    tell('walk-2', 'other.vhd', false);
    expect(sweep.running.value).toBe(true);
    tell('walk-1', 'b.vhd', true);
    expect(names()).toEqual(['a.vhd', 'b.vhd']);
    expect(sweep.running.value).toBe(false);
    expect(cancelled()).toEqual([]);
  });

  test('that is stopped before main answered stays stopped, and main is told', async () => {
    const { sweep, tell, names, cancelled } = await walker();
    const starting = sweep.start('folder', true);
    await Promise.resolve();
    expect(sweep.running.value).toBe(true);
    await sweep.stop();
    await starting;
    tell('walk-1', 'a.vhd', false);
    expect(names()).toEqual([]);
    expect(sweep.running.value).toBe(false);
    expect(cancelled()).toEqual([{ sweepId: 'walk-1' }]);
  });

  test('that gives way to another leaves no rows behind', async () => {
    const { sweep, tell, names, cancelled } = await walker();
    const first = sweep.start('folder', true);
    const second = sweep.start('another', true);
    await Promise.all([first, second]);
    tell('walk-1', 'a.vhd', false);
    tell('walk-2', 'b.vhd', true);
    expect(names()).toEqual(['b.vhd']);
    expect(cancelled()).toEqual([{ sweepId: 'walk-1' }]);
  });
});
