import { createRequire } from 'node:module';

/** What Platter uses of fs-native-extensions. */
export interface NativeFs {
  tryLock(fd: number, options?: { shared?: boolean }): boolean;
  unlock(fd: number): void;
  trimSync(fd: number, offset: number, length: number): void;
}

interface KoffiLibrary {
  func(signature: string): (...args: unknown[]) => number;
}
export interface Koffi {
  load(path: string): KoffiLibrary;
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
