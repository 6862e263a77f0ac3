import { SECTOR_SIZE_BYTES } from './constants';
import { formatBytes, formatSizeBoth, formatSizeExact } from './format-size';

/** Why a text is no size. */
export type SizeErrorCode =
  | 'SIZE_EMPTY'
  | 'SIZE_SYNTAX'
  | 'SIZE_UNIT_UNKNOWN'
  | 'SIZE_NEGATIVE'
  | 'SIZE_NOT_SECTOR_MULTIPLE'
  | 'SIZE_TOO_LARGE';

/** What the same number means when its unit is read the other way. */
export interface OtherReading {
  /** The number with the binary unit, such as `127 GiB`. */
  readonly text: string;
  readonly bytes: number;
}

export interface ParsedSize {
  readonly ok: true;
  readonly bytes: number;
  /** Set for decimal units (`127GB`): PowerShell and Windows mean the binary one. To be shown next to `bytes`. */
  readonly otherReading?: OtherReading;
}

export interface SizeError {
  readonly ok: false;
  readonly code: SizeErrorCode;
  readonly message: string;
  /** For `SIZE_NOT_SECTOR_MULTIPLE`: the nearest sizes in bytes that are, below and above. */
  readonly nearest?: readonly [number, number];
  readonly otherReading?: OtherReading;
}

export type SizeResult = ParsedSize | SizeError;

export interface ParseSizeOptions {
  /** The size must be a multiple of this many bytes: 512 unless 1 is given (offsets and lengths of ranges). */
  readonly multipleBytes?: 1 | 512;
}

/**
 * Reads a size as the command line takes it: `1008M`, `1008MiB`, `1.5g` (binary), `127GB` (decimal, with the binary
 * reading beside it), `4096` or `4096B` (bytes), `266338304s` (sectors), `0x7F00000000` (bytes). Either case;
 * spaces, apostrophes and commas between thousands, and underscores, are allowed. Calculated exactly. Never throws.
 */
export function parseSize(text: string, options: ParseSizeOptions = {}): SizeResult {
  const compact = text.trim().replace(/\u2212/g, '-');
  if (compact === '') return failure('SIZE_EMPTY', 'Give a size, such as 40M or 41943040.');
  if (compact.startsWith('-')) return failure('SIZE_NEGATIVE', `A size cannot be negative: ${quote(text)}.`);
  const hex = compact.length > MAX_TEXT_LENGTH ? null : /^0x([0-9a-f]+(?:_[0-9a-f]+)*)$/i.exec(compact);
  if (hex !== null) {
    const digits = (hex[1] ?? '').replace(/_/g, '');
    return finish({ numerator: BigInt(`0x${digits}`), denominator: 1n }, undefined, options);
  }
  const match =
    compact.length > MAX_TEXT_LENGTH ? null : /^\+?(\d[\d\s,_'’]*?)(?:\.(\d+))?\s*([a-z]*)$/i.exec(compact);
  const whole = match === null ? null : parseGroupedDigits(match[1] ?? '');
  if (match === null || whole === null) {
    return failure(
      'SIZE_SYNTAX',
      `${quote(text)} is not a size. Write it like 40M, 1.5G, 127GB or 266338304s.`,
    );
  }
  const unit = findUnit(match[3] ?? '');
  if (unit === null) {
    return failure(
      'SIZE_UNIT_UNKNOWN',
      `${quote(match[3] ?? '')} is not a unit of size. Use B, s (sectors), K, M, G, T, P, KiB … PiB or KB … PB.`,
    );
  }
  const fraction = match[2] ?? '';
  const denominator = 10n ** BigInt(fraction.length);
  const count = BigInt(whole + fraction);
  const otherReading =
    unit.binaryName === undefined
      ? undefined
      : readOtherWay(`${whole}${fraction === '' ? '' : `.${fraction}`} ${unit.binaryName}`, unit.power, {
          numerator: count,
          denominator,
        });
  return finish({ numerator: count * unit.bytes, denominator }, otherReading, options);
}

interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

interface SizeUnit {
  readonly bytes: bigint;
  /** Power of 1,000 or 1,024. */
  readonly power: number;
  /** Name of the binary unit that a decimal one is often taken for. */
  readonly binaryName?: string;
}

const PREFIXES = 'KMGTP';
/** Longer text is no size; the limit also bounds the work of reading it. */
const MAX_TEXT_LENGTH = 64;

function findUnit(text: string): SizeUnit | null {
  const lower = text.toLowerCase();
  if (['', 'b', 'byte', 'bytes'].includes(lower)) return { bytes: 1n, power: 0 };
  if (['s', 'sector', 'sectors'].includes(lower)) return { bytes: BigInt(SECTOR_SIZE_BYTES), power: 0 };
  const match = /^([kmgtp])(ib|b)?$/.exec(lower);
  if (match === null) return null;
  const prefix = (match[1] ?? '').toUpperCase();
  const power = PREFIXES.indexOf(prefix) + 1;
  if (match[2] === 'b') return { bytes: 1000n ** BigInt(power), power, binaryName: `${prefix}iB` };
  return { bytes: 1024n ** BigInt(power), power };
}

function readOtherWay(text: string, power: number, count: Rational): OtherReading | undefined {
  const numerator = count.numerator * 1024n ** BigInt(power);
  const bytes = Number(numerator / count.denominator);
  return numerator % count.denominator === 0n && Number.isSafeInteger(bytes) ? { text, bytes } : undefined;
}

/** The digits without their separators, or null when commas, apostrophes or spaces do not part them by three. */
function parseGroupedDigits(text: string): string | null {
  const plain = text
    .trim()
    .replace(/_/g, '')
    .replace(/[\s’]/g, (separator) => (separator === '’' ? "'" : ' '));
  if (/^\d+$/.test(plain)) return plain;
  return /^\d{1,3}([,' ])\d{3}(\1\d{3})*$/.test(plain) ? plain.replace(/[,' ]/g, '') : null;
}

function finish(
  value: Rational,
  otherReading: OtherReading | undefined,
  { multipleBytes = SECTOR_SIZE_BYTES }: ParseSizeOptions,
): SizeResult {
  const other = otherReading === undefined ? {} : { otherReading };
  const step = BigInt(multipleBytes) * value.denominator;
  const below = (value.numerator / step) * BigInt(multipleBytes);
  const above = below + BigInt(multipleBytes);
  if (above > BigInt(Number.MAX_SAFE_INTEGER)) {
    return failure('SIZE_TOO_LARGE', 'That is more than 8 PiB, larger than any VHD can be.', other);
  }
  if (value.numerator % step === 0n) return { ok: true, bytes: Number(below), ...other };
  const nearest: [number, number] = [Number(below), Number(above)];
  return failure(
    'SIZE_NOT_SECTOR_MULTIPLE',
    `${describe(value)} is not a whole number of ${multipleBytes === 1 ? 'bytes' : '512-byte sectors'}. ` +
      // none at all is no advice to whoever asked for something
      (nearest[0] === 0
        ? `The nearest that is: ${describeNear(nearest[1])}.`
        : `The nearest that are: ${describeNear(nearest[0])} and ${describeNear(nearest[1])}.`),
    { nearest, ...other },
  );
}

/** Sizes one sector apart read the same in a larger unit, unless that holds them whole. */
function describeNear(bytes: number): string {
  return formatSizeExact(bytes) === formatBytes(bytes) ? formatBytes(bytes) : formatSizeBoth(bytes);
}

function describe(value: Rational): string {
  const bytes = Number(value.numerator / value.denominator);
  return value.numerator % value.denominator === 0n ? formatBytes(bytes) : 'That';
}

function failure(
  code: SizeErrorCode,
  message: string,
  extra: Pick<SizeError, 'nearest' | 'otherReading'> = {},
): SizeError {
  return { ok: false, code, message, ...extra };
}

function quote(text: string): string {
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}
