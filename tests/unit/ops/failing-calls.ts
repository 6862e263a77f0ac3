import fs from 'node:fs';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { pendingJournal } from '../../../src-main/engine';
import { withTempFolder } from '../../support/temp';
import type { Scenario } from './verb-scenarios';
import { shownBy } from '../../support/shown-by';

type Callback = (error: NodeJS.ErrnoException | null, value?: number) => void;

export const WRITING = ['write', 'writev', 'ftruncate', 'fsync', 'fdatasync'] as const;
export const READING = ['read', 'readv'] as const;
type Call = (typeof WRITING | typeof READING)[number];

/** Every call of these that the engine makes on its files counted; the one with this number fails. */
export function failAt(
  number: number,
  names: readonly Call[] = WRITING,
  code: 'ENOSPC' | 'EIO' = 'ENOSPC',
): { readonly calls: () => number } {
  let calls = 0;
  for (const name of names) {
    const original = fs[name] as (...args: unknown[]) => void;
    vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      calls += 1;
      if (calls !== number) return original(...args);
      const done = args[args.length - 1] as Callback;
      const errno = code === 'EIO' ? -5 : -28;
      const error: NodeJS.ErrnoException = Object.assign(new Error('made to fail'), { code, errno });
      setImmediate(() => done(error));
      return undefined;
    });
  }
  return { calls: () => calls };
}

/** Every sector is the old one or the new one. */
function expectBySector(
  shown: Buffer,
  { before, after }: NonNullable<Scenario['shows']>,
  note: string,
): void {
  expect(shown.length, note).toBe(before.length);
  for (let at = 0; at < shown.length; at += 512) {
    const sector = shown.subarray(at, at + 512);
    if (!sector.equals(before.subarray(at, at + 512)) && !sector.equals(after.subarray(at, at + 512)))
      expect.fail(`${note}: sector ${at / 512} is neither old nor new`);
  }
}

const prepared = new Map<Scenario, readonly (readonly [name: string, bytes: Buffer])[]>();

/** Lays the scenario's files into a folder; they are made once. */
export async function lay(scenario: Scenario, folder: string): Promise<ReadonlyMap<string, Buffer>> {
  let files = prepared.get(scenario);
  if (!files) {
    files = await withTempFolder((made) => {
      scenario.prepare((name) => path.join(made, name));
      return fs.readdirSync(made).map((name) => [name, fs.readFileSync(path.join(made, name))] as const);
    });
    prepared.set(scenario, files);
  }
  for (const [name, bytes] of files) fs.writeFileSync(path.join(folder, name), bytes);
  return new Map(files);
}

/** Failing calls to try: all of the first and last, and a spread between. */
export const sample = (calls: number): number[] =>
  [
    ...new Set([
      1,
      2,
      3,
      calls - 2,
      calls - 1,
      calls,
      ...Array.from({ length: 4 }, (_, at) => Math.ceil(((at + 1) * calls) / 5)),
    ]),
  ].filter((number) => number >= 1 && number <= calls);

export interface Outcome {
  readonly error: unknown;
  /** What is said beside a failing expectation. */
  readonly note: string;
}

/** Prepares, lets the verb fail, and looks at what it leaves. `run` says how it failed, or gives null where it did not. */
export async function expectNothingLost(
  folder: string,
  scenario: Scenario,
  run: () => Promise<Outcome | null>,
): Promise<Outcome | null> {
  const at = (name: string): string => path.join(folder, name);
  const { shows, isBySector } = scenario;
  const before = await lay(scenario, folder);
  const names = [...before.keys()].sort();
  const outcome = await run();
  if (!outcome) return null;
  const { note } = outcome;
  // a parent that is half merged keeps the mark that says so
  const mark = scenario.name === 'merge into the parent' ? ['base.vhd.platter-undo'] : [];
  const left = fs.readdirSync(folder).filter((name) => !['history', ...mark].includes(name));
  expect(left.sort(), note).toEqual(names);
  for (const name of names) {
    if (name === 'base.vhd') continue;
    expect(await pendingJournal(at(name)), note).toBeNull();
    if (isBySector && name === shows?.name) continue;
    const isSame = fs.readFileSync(at(name)).equals(before.get(name) ?? Buffer.alloc(0));
    expect(isSame, `${name}, ${note}`).toBe(true);
  }
  if (!shows) return outcome;
  const shown = await shownBy(at(shows.name));
  if (isBySector) expectBySector(shown, shows, note);
  else expect(shown.equals(shows.before), note).toBe(true);
  return outcome;
}

export const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

/** Calls that the whole verb makes where none fails. */
export async function countCalls(scenario: Scenario, names: readonly Call[]): Promise<number> {
  return withTempFolder(async (folder) => {
    await lay(scenario, folder);
    const counted = failAt(0, names);
    await scenario.run((name) => path.join(folder, name));
    vi.restoreAllMocks();
    return counted.calls();
  });
}
