import { linkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { canTransition, isTerminal, transition } from '../../../src-main/jobs/job-state';
import { conflicts, lockKeys, type LockKeys } from '../../../src-main/jobs/path-locks';
import { ProgressThrottle } from '../../../src-main/jobs/progress-throttle';
import { RateMeter } from '../../../src-main/jobs/rate-meter';
import { TERMINAL_JOB_STATES, type JobState, type Progress } from '../../../src-shared/model/job';
import { useTempFolders } from '../../support/temp';

const STATES: readonly JobState[] = ['queued', 'running', 'paused', 'cancelling', ...TERMINAL_JOB_STATES];
const report = (doneBytes: number, phase = 'copy', totalBytes = 1000): Progress => ({
  phase,
  doneBytes,
  totalBytes,
});

describe('job states', () => {
  it('are left by no terminal state, for nowhere', () => {
    for (const from of TERMINAL_JOB_STATES) {
      expect(isTerminal(from)).toBe(true);
      for (const to of STATES) expect(() => transition(from, to)).toThrow(/cannot go/);
    }
  });

  it('let success win over a cancel that came too late, and never run twice', () => {
    expect(transition('cancelling', 'succeeded')).toBe('succeeded');
    expect(canTransition('cancelling', 'running')).toBe(false);
    expect(canTransition('queued', 'succeeded')).toBe(false);
    expect(canTransition('queued', 'paused')).toBe(false);
  });
});

describe('ProgressThrottle', () => {
  it('passes one report an interval, every new phase, every end, and the last one at a flush', () => {
    let nowMs = 0;
    const seen: string[] = [];
    const throttle = new ProgressThrottle(
      ({ phase, doneBytes }) => seen.push(`${phase} ${doneBytes}`),
      () => nowMs,
    );
    throttle.report(report(0));
    throttle.report(report(10));
    throttle.report(report(20));
    nowMs = 100;
    throttle.report(report(30));
    throttle.report(report(40));
    throttle.report(report(0, 'verify'));
    throttle.report(report(1000, 'verify'));
    throttle.report(report(5, 'flush'));
    throttle.report(report(6, 'flush'));
    throttle.flush();
    throttle.flush();
    expect(seen).toEqual(['copy 0', 'copy 30', 'verify 0', 'verify 1000', 'flush 5', 'flush 6']);
  });
});

describe('RateMeter', () => {
  it('knows nothing at first, then the rate of the last seconds and the time left', () => {
    let nowMs = 0;
    const meter = new RateMeter(() => nowMs);
    meter.add(report(0, 'copy', 10_000));
    expect(meter.bytesPerSecond()).toBeNull();
    nowMs = 1000;
    meter.add(report(500, 'copy', 10_000));
    expect([meter.bytesPerSecond(), meter.secondsLeft()]).toEqual([500, 19]);
    for (nowMs = 2000; nowMs <= 10_000; nowMs += 1000)
      meter.add(report(500 + (nowMs - 1000), 'copy', 10_000));
    expect(meter.bytesPerSecond()).toBe(1000);
  });

  it('starts again with a new phase and after a pause', () => {
    let nowMs = 0;
    const meter = new RateMeter(() => nowMs);
    meter.add(report(0));
    nowMs = 1000;
    meter.add(report(100));
    meter.restart();
    expect(meter.bytesPerSecond()).toBeNull();
    meter.add(report(100));
    nowMs = 2000;
    meter.add(report(300));
    expect(meter.bytesPerSecond()).toBe(200);
    meter.add(report(0, 'verify'));
    expect(meter.secondsLeft()).toBeNull();
  });
});

describe('path locks', () => {
  const newFolder = useTempFolders();
  const keys = (reads: string[], writes: string[]) => lockKeys({ reads, writes });

  it('let readers share and nobody share with a writer', () => {
    const folder = newFolder();
    const [a, b] = ['a', 'b'].map((name) => path.join(folder, name)) as [string, string];
    expect(conflicts(keys([a], []), keys([a], []))).toBe(false);
    expect(conflicts(keys([a], [b]), keys([a], []))).toBe(false);
    expect(conflicts(keys([a], []), keys([], [a]))).toBe(true);
    expect(conflicts(keys([], [a]), keys([a], []))).toBe(true);
    expect(conflicts(keys([], [a]), keys([], [a]))).toBe(true);
    expect(conflicts(keys([], [a]), keys([], [b]))).toBe(false);
  });

  it('know a file by its inode, whatever it is called, and a new one by its place', () => {
    const folder = newFolder();
    const at = (...names: string[]): string => path.join(folder, ...names);
    writeFileSync(at('real'), '');
    linkSync(at('real'), at('hard'));
    symlinkSync(at('real'), at('soft'));
    symlinkSync(folder, at('here'));
    const names = [at('real'), at('hard'), at('soft'), at('here', 'real'), `${folder}/.//real`];
    for (const one of names) {
      for (const other of names) {
        expect(conflicts(keys([], [one]), keys([other], [])), `${one} ${other}`).toBe(true);
        expect(conflicts(keys([], [one]), keys([], [other])), `${one} ${other}`).toBe(true);
      }
    }
    const fresh = keys([], [at('new')]);
    expect(conflicts(fresh, keys([], [at('here', '.', 'new')]))).toBe(true);
    expect(conflicts(fresh, keys([], [at('newer')]))).toBe(false);
    expect(conflicts(keys([], [at('none', 'new')]), keys([], [at('none', '.', 'new')]))).toBe(true);
  });

  it('still know a file whose name was given to another inode, and one that was made meanwhile', () => {
    const folder = newFolder();
    const at = (name: string): string => path.join(folder, name);
    const beforeIsThere = keys([], [at('made')]);
    writeFileSync(at('made'), '1');
    const first = keys([], [at('made')]);
    expect(conflicts(beforeIsThere, first)).toBe(true);
    writeFileSync(at('temporary'), '2');
    renameSync(at('temporary'), at('made'));
    expect(conflicts(first, keys([], [at('made')]))).toBe(true);
    expect(conflicts(beforeIsThere, keys([at('made')], []))).toBe(true);
  });

  it('take two spellings of a new name for one where the system does', () => {
    const folder = newFolder();
    const pairs = [
      ['Disk.vhd', 'disk.VHD'],
      ['\u00e4.vhd', 'a\u0308.vhd'],
    ] as const;
    for (const [platform, isOne] of [
      ['win32', true],
      ['darwin', true],
      ['linux', false],
    ] as const) {
      const spy = vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
      for (const [one, other] of pairs) {
        const both = [one, other].map((name) => keys([], [path.join(folder, name)])) as [LockKeys, LockKeys];
        expect(conflicts(...both), `${platform} ${one}`).toBe(isOne);
      }
      spy.mockRestore();
    }
  });
});
