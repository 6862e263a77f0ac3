import { createRequire } from 'node:module';

/** What Platter uses of fs-native-extensions. */
export interface NativeFs {
  /** `[offset, offset + length)`, or the whole file; false where another handle has a lock that excludes this one. */
  tryLock(fd: number, offset?: number, length?: number, options?: { shared?: boolean }): boolean;
  unlock(fd: number, offset?: number, length?: number): void;
  trimSync(fd: number, offset: number, length: number): void;
  /** Marks a file sparse on Windows; does nothing elsewhere. */
  sparseSync(fd: number): void;
}

interface KoffiLibrary {
  /** The function of this C signature; whoever declares it says what it takes and gives. */
  func(signature: string): unknown;
}
export interface Koffi {
  /** `null`: what the running program itself exports. */
  load(path: string | null): KoffiLibrary;
  /** `errno` after the last call. */
  errno(): number;
}

const require = createRequire(import.meta.url);
const loaded = new Map<string, unknown>();

/** A native helper, loaded on first use; null where this machine has none. Everything works without, only slower or unlocked. */
function loadOptional<T>(name: string): T | null {
  if (!loaded.has(name)) {
    try {
      loaded.set(name, require(name));
    } catch {
      loaded.set(name, null);
    }
  }
  return loaded.get(name) as T | null;
}

export const nativeFs = (): NativeFs | null => loadOptional<NativeFs>('fs-native-extensions');
export const koffi = (): Koffi | null => loadOptional<Koffi>('koffi');
