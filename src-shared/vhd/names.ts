import { decodeLatin1 } from './text';

/** Creator applications by their four characters without padding. Tags from the programs themselves. */
const CREATORS: Readonly<Record<string, { readonly raw: string; readonly tool: string }>> = {
  '*img': { raw: '*img', tool: 'FreeBSD mkimg' },
  CTXS: { raw: 'CTXS', tool: 'Citrix XenConvert' },
  DBox: { raw: 'DBox', tool: 'DOSBox-X' },
  Py: { raw: 'Py  ', tool: 'FATtools' },
  bxic: { raw: 'bxic', tool: 'Bochs bximage' },
  caml: { raw: 'caml', tool: 'ocaml-vhd (XenServer vhd-tool)' },
  d2v: { raw: 'd2v\0', tool: 'Sysinternals Disk2vhd' },
  dutl: { raw: 'dutl', tool: 'DiscUtils' },
  'go-v': { raw: 'go-v', tool: 'go-vhd' },
  mVHD: { raw: 'mVHD', tool: 'MiniVHD (86Box, PCem)' },
  qem2: { raw: 'qem2', tool: 'QEMU (force_size)' },
  qemu: { raw: 'qemu', tool: 'QEMU' },
  simh: { raw: 'simh', tool: 'SIMH' },
  tap: { raw: 'tap\0', tool: 'Xen blktap (XenServer, XCP-ng)' },
  vbox: { raw: 'vbox', tool: 'Oracle VirtualBox' },
  vhdt: { raw: 'vhdt', tool: 'vhdtool' },
  vpc: { raw: 'vpc ', tool: 'Microsoft Virtual PC' },
  vs: { raw: 'vs  ', tool: 'Microsoft Virtual Server' },
  wa: { raw: 'wa\0\0', tool: 'Microsoft Azure' },
  win: { raw: 'win ', tool: 'Windows or Hyper-V' },
  xmnt: { raw: 'xmnt', tool: 'xmount' },
  xo: { raw: 'xo  ', tool: 'Xen Orchestra (vhd-lib)' },
};

const HOST_OS_NAMES: Readonly<Record<string, string>> = {
  Lnux: 'Linux',
  Mac: 'Macintosh',
  Wi2k: 'Windows',
};

/** Creator application that Platter writes where no other is asked for: every reader then takes the current size. */
export const DEFAULT_CREATOR_APPLICATION = 'win ';
/** Creator version that Platter writes: 10.0. */
export const DEFAULT_CREATOR_VERSION = 0x000a_0000;
/** Creator host OS that Platter writes. */
export const DEFAULT_CREATOR_HOST_OS = 'Wi2k';

/** The four raw characters of a code, padding kept, as `sizesByReader` wants them. */
export function decodeFourCharacterCode(bytes: Uint8Array): string {
  return decodeLatin1(bytes.subarray(0, 4));
}

/**
 * A four-character code for people and JSON: trailing NULs and spaces left out (`win `, `tap\0` → `win`, `tap`), and
 * what is not printable ASCII as `\xNN`.
 */
export function trimCode(raw: string): string {
  const trimmed = raw.replace(/[\0 ]+$/, '');
  return [...trimmed].map(escapeCharacter).join('');
}

/** The program behind a creator application code (raw or trimmed), or null when it is not a known one. */
export function describeCreator(code: string): string | null {
  return lookUp(CREATORS, trimCode(code))?.tool ?? null;
}

/** The system behind a creator host OS code (raw or trimmed), or null when it is not a known one. */
export function describeHostOs(code: string): string | null {
  return lookUp(HOST_OS_NAMES, trimCode(code)) ?? null;
}

/** Known creator applications as `[trimmed code, program]`, for lists to choose from. */
export function knownCreators(): { readonly code: string; readonly tool: string }[] {
  return Object.entries(CREATORS).map(([code, { tool }]) => ({ code, tool }));
}

/**
 * The four characters to write for a creator or host OS that a person names: a known creator with its own padding
 * (`tap` → `tap\0`), anything else padded with spaces. Null when it is empty, too long or not printable ASCII.
 */
export function padCode(code: string): string | null {
  const trimmed = code.replace(/[\0 ]+$/, '');
  if (!/^[\x20-\x7e]{1,4}$/.test(trimmed)) return null;
  // A code written with its padding is kept as it was written.
  if (code.length === 4) return code;
  return lookUp(CREATORS, trimmed)?.raw ?? trimmed.padEnd(4, ' ');
}

/** Major and minor part of a creator version. */
export function splitCreatorVersion(version: number): { readonly major: number; readonly minor: number } {
  return { major: Math.floor(version / 0x1_0000), minor: version % 0x1_0000 };
}

/** A creator version as `10.0`. */
export function formatCreatorVersion(version: number): string {
  const { major, minor } = splitCreatorVersion(version);
  return `${major}.${minor}`;
}

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 0x20 && code <= 0x7e ? character : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** Codes come from files: a name such as `__proto__` must find nothing. */
function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined;
}
