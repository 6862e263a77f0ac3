import path from 'node:path';
import type { PreflightItem } from '../../../src-shared/model/results';
import { interruptedWarnings } from '../check/interrupted';
import type { VhdMetadata } from '../disk/metadata';
import {
  identityOfPath,
  isSameState,
  mayBeLocked,
  probeLock,
  type FileIdentity,
  type LockState,
} from '../io';
import { isWritable } from '../io/path-state';

/** A file that an operation reads or changes, in the state in which it was looked at, where that is known. */
export interface PreflightSource {
  readonly path: string;
  readonly identity?: FileIdentity | null | undefined;
  readonly metadata?: VhdMetadata | null | undefined;
  /** Why it may not be the parent that its child was made over. */
  readonly doubt?: string | null | undefined;
}

/**
 * Tries the locks of the files an operation reads, and of the one it changes where it lies: one line that all is
 * well, or a line for each that is in the way. Nothing stays locked.
 * @param changes the file that is changed, or null.
 */
export async function sourceItems(
  reads: readonly PreflightSource[],
  changes: string | null,
): Promise<PreflightItem[]> {
  const isRead = changes === null || reads.some((read) => read.path === changes);
  const all = isRead ? reads : [...reads, { path: changes }];
  const problems: PreflightItem[] = [];
  for (const source of all) problems.push(...(await problemOf(source, source.path === changes)));
  if (problems.length > 0 || all.length === 0) return problems;
  const what =
    all.length === 1 ? `"${path.basename(all[0]?.path ?? '')}"` : `the ${all.length} files it reads`;
  return [{ code: 'source', level: 'ok', message: `Nothing else is using ${what}.` }];
}

/** A line for each file that is read in the middle of a change; what is changed in place is refused, or goes on with it. */
export async function interruptedItems(reads: readonly PreflightSource[]): Promise<PreflightItem[]> {
  return (await interruptedWarnings(reads)).map((message) => ({
    code: 'interrupted',
    level: 'warning',
    message,
  }));
}

/** A line for each parent that may not be what its child was made over. */
export function doubtItems(reads: readonly PreflightSource[]): PreflightItem[] {
  return doubtsOf(reads).map((message) => ({ code: 'parent-doubtful', level: 'warning', message }));
}

export const doubtsOf = (chain: readonly Pick<PreflightSource, 'doubt'>[]): string[] =>
  chain.flatMap(({ doubt }) => (doubt ? [doubt] : []));

/**
 * What to say to whoever reads the content of a chain as it is: what is in use, what is in the middle of a change, and
 * what may not be the parent that was meant. Nothing stays locked.
 */
export async function readingWarnings(
  chain: readonly PreflightSource[],
  mayOpen?: (path: string) => boolean | Promise<boolean>,
): Promise<string[]> {
  return [
    ...(await inUseWarnings(chain)),
    ...(await interruptedWarnings(chain, mayOpen)),
    ...doubtsOf(chain),
  ];
}

/**
 * A sentence for each file of a chain that another program has locked, for verbs that only read: they go on. Nothing
 * stays locked.
 */
async function inUseWarnings(reads: readonly PreflightSource[]): Promise<string[]> {
  const warnings = new Set<string>();
  for (const { path: file } of reads) {
    const state = await lockOf(file);
    if (state === 'shared') warnings.add(describeShared(file));
    if (state === 'exclusive')
      warnings.add(
        `"${file}" is being used by another program or another Platter: what is read may belong to no single moment.`,
      );
  }
  return [...warnings];
}

async function lockOf(file: string): Promise<LockState> {
  const identity = await identityOfPath(file).catch(() => null);
  if (!identity || !(await mayBeLocked(identity))) return 'free';
  return probeLock(file).catch(() => 'unknown' as const);
}

const describeShared = (file: string): string =>
  `Another program, such as a running virtual machine, holds a lock on "${file}": what is read may belong to no single moment.`;

async function problemOf(
  { path: file, identity }: PreflightSource,
  isChanged: boolean,
): Promise<PreflightItem[]> {
  const now = await identityOfPath(file).catch(() => null);
  if (!now || (identity && !isSameState(identity, now))) {
    const how = now ? 'was changed' : 'has gone';
    return [
      { code: 'source-changed', level: 'blocked', message: `"${file}" ${how} since it was looked at.` },
    ];
  }
  if (isChanged && !(await isWritable(file)))
    return [
      { code: 'source-access', level: 'blocked', message: `"${file}" may not be changed by this account.` },
    ];
  // what changes it needs the lock in any case
  const isFree = !isChanged && !(await mayBeLocked(now));
  const state = isFree ? 'free' : await probeLock(file).catch(() => 'unknown' as const);
  if (state === 'exclusive' || (state === 'shared' && isChanged)) {
    const message = `"${file}" is being used by another program or another Platter.`;
    return [{ code: 'source', level: 'blocked', message }];
  }
  if (state === 'shared') {
    return [{ code: 'source', level: 'warning', message: describeShared(file) }];
  }
  return [];
}
