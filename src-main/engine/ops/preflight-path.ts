import path from 'node:path';
import type { PreflightItem } from '../../../src-shared/model/results';
import { PARTIAL_EXTRA_BYTES } from '../io/partial-name';

/** What a system takes as a path. */
interface PathLimits {
  /** The most that one name may have. */
  readonly name: number;
  /** The most that a whole path may have, its NUL not counted. */
  readonly path: number;
  readonly unit: 'bytes' | 'characters';
}

const LIMITS: Partial<Readonly<Record<NodeJS.Platform, PathLimits>>> = {
  win32: { name: 255, path: 32_766, unit: 'characters' },
  darwin: { name: 255, path: 1023, unit: 'bytes' },
};
const OTHER_LIMITS: PathLimits = { name: 255, path: 4095, unit: 'bytes' };

/** Longest path that every Windows program opens (MAX_PATH without its NUL). */
const OLD_WINDOWS_PATH_CHARS = 259;
/** Names that are devices on Windows in any folder and with any extension. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/** Whether a new file's path fits the system it is for. `platform` is given in tests only. */
export function pathItems(target: string, platform: NodeJS.Platform = process.platform): PreflightItem[] {
  const host = platform === 'win32' ? path.win32 : path.posix;
  const limits = LIMITS[platform] ?? OTHER_LIMITS;
  const lengthOf = (text: string): number =>
    limits.unit === 'bytes' ? Buffer.byteLength(text) : text.length;
  const whole = host.resolve(target);
  const name = host.basename(whole);
  const nameLength = lengthOf(name);
  const pathLength = lengthOf(whole);
  // while it is written it has a longer name
  const workingLength = pathLength - nameLength + Math.min(limits.name, nameLength + PARTIAL_EXTRA_BYTES);
  if (nameLength > limits.name || workingLength > limits.path) {
    const message = `The name has ${nameLength} ${limits.unit} and the whole path ${pathLength}; ${limits.name} and ${limits.path} are the most this system takes, and while the file is written its name is ${PARTIAL_EXTRA_BYTES} longer.`;
    return [{ code: 'path-length', level: 'blocked', message }];
  }
  if (platform !== 'win32') return [fits];
  const problem = windowsNameProblem(name);
  if (problem)
    return [{ code: 'name', level: 'blocked', message: `Windows takes no file "${name}": ${problem}.` }];
  if (pathLength > OLD_WINDOWS_PATH_CHARS) {
    const message = `The path is longer than ${OLD_WINDOWS_PATH_CHARS} characters; some Windows programs will not open it.`;
    return [{ code: 'path-length', level: 'warning', message }];
  }
  return [fits];
}

/** A line where a child could name this parent, but nobody would find it by that name. `platform` is given in tests only. */
export function parentNameItems(
  parentPath: string,
  platform: NodeJS.Platform = process.platform,
): PreflightItem[] {
  if (platform === 'win32') return [];
  const name = path.posix.basename(parentPath);
  const problem = name.includes('\\') ? 'a backslash parts folders there' : windowsNameProblem(name);
  if (problem === null) return [];
  const message = `Windows takes no file "${name}": ${problem}. A child names its parent in Windows' way, so that programs will not find it by that name. Give it another.`;
  return [{ code: 'parent-name', level: 'warning', message }];
}

const fits: PreflightItem = { code: 'path-length', level: 'ok', message: 'The path fits this system.' };

/** Why Windows would refuse a name, or take it for something else; null where it does not. */
function windowsNameProblem(name: string): string | null {
  if (WINDOWS_DEVICE.test(name)) return 'that is the name of a device';
  // A colon would write into a hidden stream of another file.
  if (/[<>:"|?*\u0000-\u001f]/.test(name)) return 'no name may have one of < > : " | ? *';
  return /[. ]$/.test(name) ? 'no name may end in a dot or a space' : null;
}
