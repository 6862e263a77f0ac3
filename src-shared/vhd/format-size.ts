import { SECTOR_SIZE_BYTES } from './constants';

const BINARY_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

const GIB_INDEX = 3;

/** An integer with commas between thousands, the same on every machine: `41,943,040`. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return String(count);
  const sign = count < 0 ? '-' : '';
  const digits = BigInt(Math.trunc(Math.abs(count))).toString();
  return sign + digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number of bytes in full: `41,943,040 bytes`, `1 byte`. */
export function formatBytes(bytes: number): string {
  return `${formatCount(bytes)} ${Math.abs(bytes) === 1 ? 'byte' : 'bytes'}`;
}

/** A number of bytes as whole sectors: `81,920 sectors`; a rest is named: `1 sector and 3 bytes`. */
export function formatSectors(bytes: number): string {
  const sectors = Math.floor(bytes / SECTOR_SIZE_BYTES);
  const rest = bytes - sectors * SECTOR_SIZE_BYTES;
  const text = `${formatCount(sectors)} ${sectors === 1 ? 'sector' : 'sectors'}`;
  return rest === 0 ? text : `${text} and ${formatBytes(rest)}`;
}

/**
 * A number of bytes in the largest binary unit that gives at least 1: `40 MiB`, `1.5 GiB`, `40.01 MiB`.
 * What needs at most two decimals is exact; everything else is rounded and always shows two (`40.00 MiB` is not
 * quite 40), and never rounds up to 1,024 of a unit. From GiB on, whole thousands of the unit below are exact where
 * the larger unit is not: `2040 GiB`, not `1.99 TiB`.
 */
export function formatSize(bytes: number): string {
  if (!Number.isFinite(bytes)) return String(bytes);
  const magnitude = Math.abs(bytes);
  if (magnitude < 1024) return formatBytes(bytes);
  let unitIndex = 0;
  let value = magnitude;
  while (value >= 1024 && unitIndex < BINARY_UNITS.length - 1) {
    value /= 1024;
    unitIndex += 1;
  }
  const below = value * 1024;
  if (
    unitIndex >= GIB_INDEX &&
    Number(value.toFixed(2)) !== value &&
    Number.isInteger(below) &&
    below < 10_000
  ) {
    value = below;
    unitIndex -= 1;
  }
  let text = value.toFixed(2);
  if (text === '1024.00' && unitIndex < BINARY_UNITS.length - 1) {
    text = '1.00';
    unitIndex += 1;
  } else if (Number(text) === value) {
    text = String(value);
  }
  return `${bytes < 0 ? '-' : ''}${text} ${BINARY_UNITS[unitIndex] ?? ''}`;
}

/**
 * Both ways: `40 MiB (41,943,040 bytes)`; below 1 KiB the bytes alone. What is a little more or less than a whole number
 * of its unit says so, since `40.00 MiB` looks like `40 MiB`: `40 MiB + 512 bytes (41,943,552 bytes)`.
 */
export function formatSizeBoth(bytes: number): string {
  if (Math.abs(bytes) < 1024) return formatBytes(bytes);
  return `${formatNearWhole(bytes) ?? formatSize(bytes)} (${formatBytes(bytes)})`;
}

/** Nothing left out, as short as can be: `40 MiB`, `40 MiB + 512 bytes`, else the bytes. */
export function formatSizeExact(bytes: number): string {
  const short = formatSize(bytes);
  return bytesOfText(short) === bytes ? short : (formatNearWhole(bytes) ?? formatBytes(bytes));
}

export interface SizeWords {
  readonly short: (bytes: number) => string;
  /** With nothing left out. */
  readonly full: (bytes: number) => string;
}

/** A size among others: in full where another size beside it would read the same (`40 MiB` and `40.00 MiB`). */
export function formatSizeApart(
  bytes: number,
  others: readonly (number | null)[],
  { short, full }: SizeWords = { short: formatSize, full: formatSizeExact },
): string {
  const plain = (size: number): string =>
    short(size)
      .replace(/(\.\d*?)0+(?= )/, '$1')
      .replace(/\.(?= )/, '');
  const isAlike = others.some((other) => other !== null && other !== bytes && plain(other) === plain(bytes));
  return isAlike ? full(bytes) : short(bytes);
}

/** What a text of formatSize says if it is taken at its word. */
function bytesOfText(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?) (\w+)$/.exec(text) ?? [];
  const unitIndex = BINARY_UNITS.findIndex((one) => one === unit);
  return unitIndex < 1 ? null : Number(count) * 1024 ** unitIndex;
}

function formatNearWhole(bytes: number): string | null {
  const text = formatSize(bytes);
  const whole = text.includes('.00 ') ? bytesOfText(text) : null;
  if (whole === null) return null;
  const rest = formatSize(Math.abs(bytes - whole));
  return rest.includes('.') ? null : `${text.replace('.00', '')} ${bytes < whole ? '-' : '+'} ${rest}`;
}
