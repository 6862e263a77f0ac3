import path from 'node:path';
import { pathBaseName } from '../../../src-shared/vhd/locator';

/**
 * Where a path stored in an image may lead (DESIGN rule 2). Such a path is an attacker's input: what would reach a
 * share, a URL or a device is cut down to its base name in the child's folder, and so is what means nothing on this
 * system.
 */
export interface CandidatePath {
  readonly path: string;
  /** Whether only the base name was used. */
  readonly isBaseName: boolean;
}

/** Absolute paths of Unix that are devices, pseudo files, or mounts that reach for a network when they are touched. */
const UNTOUCHABLE = ['/dev/', '/proc/', '/sys/', '/net/', '/afs/', '/Network/'];
/** Names that are devices on Windows, in any folder and with any extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\..*)?$/i;

type HostPlatform = 'win32' | 'posix';
const HOST: HostPlatform = process.platform === 'win32' ? 'win32' : 'posix';

/**
 * Files that a stored path may mean, the likeliest first, in `childFolder`'s file system; empty where it means none.
 * `host` is this machine's kind of paths; given in tests only.
 */
export function candidatePaths(stored: string, childFolder: string, host = HOST): readonly CandidatePath[] {
  const beside = besideChild(stored, childFolder, host);
  // without a plain file name at its end it names no file at all
  if (beside === null) return [];
  const whole = wholePath(stored, childFolder, host);
  return whole === null || whole === beside.path ? [beside] : [{ path: whole, isBaseName: false }, beside];
}

/** The base name of a stored path, in the child's folder; null where it has none that is a plain name. */
export function besideChild(stored: string, childFolder: string, host = HOST): CandidatePath | null {
  const name = pathBaseName(stored);
  // a colon names a stream or a drive on Windows; a name with one is no image of ours elsewhere either
  if (name === null || DEVICE_NAME.test(name) || name.includes(':')) return null;
  return { path: pathOf(host).join(childFolder, name), isBaseName: true };
}

/** The path as a whole where it is local and harmless, else null. */
function wholePath(stored: string, childFolder: string, host: HostPlatform): string | null {
  if (stored.includes('\0') || /^[\\/]{2}/.test(stored)) return null;
  const drive = /^[a-z]:/i.exec(stored);
  // `C:name` is relative to a folder that nobody knows; other schemes are URLs
  if (drive && !/^[a-z]:[\\/]/i.test(stored)) return null;
  if (drive && host !== 'win32') return null;
  if (!drive && /^[a-z][a-z0-9+.-]*:/i.test(stored)) return null;
  const { join, normalize, isAbsolute } = pathOf(host);
  const native = host === 'win32' ? stored.replaceAll('/', '\\') : withForwardSlashes(stored);
  if (native.split(/[\\/]/).some((part, index) => isForbiddenPart(part, index === 0 && drive !== null)))
    return null;
  const absolute = isAbsolute(native);
  // on Windows a path without a drive hangs on the current one
  if (host === 'win32' && absolute && !drive) return null;
  const full = absolute ? normalize(native) : join(childFolder, native);
  if (host === 'posix' && UNTOUCHABLE.some((prefix) => `${full}/`.startsWith(prefix))) return null;
  return full;
}

function isForbiddenPart(part: string, isDrive: boolean): boolean {
  return !isDrive && (DEVICE_NAME.test(part) || part.includes(':'));
}

/** COMPAT(Windows programs): backslashes separate; a path with forward slashes only is taken as it is. */
function withForwardSlashes(stored: string): string {
  return stored.startsWith('/') ? stored : stored.replaceAll('\\', '/');
}

const pathOf = (host: HostPlatform): path.PlatformPath => (host === 'win32' ? path.win32 : path.posix);
