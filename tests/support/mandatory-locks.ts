import fs from 'node:fs';
import { createRequire } from 'node:module';
import { vi } from 'vitest';

interface Locks {
  tryLock(fd: number, ...rest: unknown[]): boolean;
}
type AnyCall = (...args: unknown[]) => unknown;

/**
 * Lets the locks of this process be as Windows has them: while a handle holds a file's exclusive lock, no other
 * handle reads or writes that file, not even in the same process (ERROR_LOCK_VIOLATION, which Node calls EBUSY).
 * Undone by `vi.restoreAllMocks`. Gives how many locks were taken, so that a test can tell that it tested something.
 */
export function makeLocksMandatory(): { readonly taken: () => number } {
  const native = createRequire(import.meta.url)('fs-native-extensions') as Locks;
  const holders = new Map<string, number>();
  let taken = 0;
  const keyOf = (fd: number): string => {
    const { dev, ino } = fs.fstatSync(fd, { bigint: true });
    return `${dev}:${ino}`;
  };
  const tryLock = native.tryLock.bind(native);
  vi.spyOn(native, 'tryLock').mockImplementation((fd, ...rest) => {
    const hasLock = tryLock(fd, ...rest);
    const isExclusive = !rest.some((one) => (one as { shared?: boolean } | undefined)?.shared);
    if (hasLock && isExclusive) {
      holders.set(keyOf(fd), fd);
      taken += 1;
    }
    return hasLock;
  });
  const close = fs.close as AnyCall;
  vi.spyOn(fs, 'close').mockImplementation((...args: unknown[]) => {
    for (const [key, holder] of holders) if (holder === args[0]) holders.delete(key);
    close(...args);
  });
  for (const name of ['read', 'readv', 'write', 'ftruncate'] as const) {
    const original = fs[name] as AnyCall;
    vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      const holder = holders.size > 0 ? holders.get(keyOf(args[0] as number)) : undefined;
      if (holder === undefined || holder === args[0]) return original(...args);
      const done = args.at(-1) as (error: Error) => void;
      setImmediate(() => done(Object.assign(new Error('EBUSY: locked region'), { code: 'EBUSY' })));
      return undefined;
    });
  }
  return { taken: () => taken };
}
