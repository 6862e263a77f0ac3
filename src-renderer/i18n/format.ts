import { ref } from 'vue';
import {
  formatBytes,
  formatSizeApart as formatApart,
  formatSize as formatBinarySize,
} from '../../src-shared/vhd';
import { i18n } from './index';

/** The units a person chose in the settings. Sizes that a person types or chooses stay as they were written. */
export const sizeUnits = ref<'binary' | 'decimal'>('binary');

const DECIMAL_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A size in the units chosen: `37.25 GiB` or `40 GB`. The exact bytes belong beside it. */
export function formatSize(bytes: number): string {
  if (sizeUnits.value === 'binary' || Math.abs(bytes) < 1000) return formatBinarySize(bytes);
  const power = Math.min(DECIMAL_UNITS.length - 1, Math.floor(Math.log10(Math.abs(bytes)) / 3));
  const value = numberFormat('decimal', 2).format(bytes / 1000 ** power);
  return `${value} ${DECIMAL_UNITS[power] ?? ''}`;
}

/** A size among others, in full where one of them would read the same. Null: a size that is not known. */
export function formatSizeApart(bytes: number, ...others: readonly (number | null)[]): string {
  return sizeUnits.value === 'binary'
    ? formatApart(bytes, others)
    : formatApart(bytes, others, { short: formatSize, full: formatBytes });
}

/** Words of the engine that go on behind a colon elsewhere, standing alone. */
export const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The Intl locale: the pseudo-locale formats numbers as English does. */
const intlLocale = (): string => (i18n.global.locale.value === 'pseudo' ? 'en' : i18n.global.locale.value);

const numberFormats = new Map<string, Intl.NumberFormat>();

/** The same formatter again for the same options: making one costs as much as formatting a hundred numbers. */
function numberFormat(style: 'decimal' | 'percent', maximumFractionDigits: number): Intl.NumberFormat {
  const key = `${intlLocale()} ${style} ${maximumFractionDigits}`;
  let format = numberFormats.get(key);
  if (!format)
    numberFormats.set(key, (format = new Intl.NumberFormat(intlLocale(), { style, maximumFractionDigits })));
  return format;
}

/** `1,234,567`, in the language in force. */
export function formatInteger(value: number): string {
  return numberFormat('decimal', 0).format(value);
}

/** `12.4%` of a share between 0 and 1; what would round to nothing is `<0.1%`. */
export function formatShare(share: number, digits = 1): string {
  const smallest = 10 ** -(digits + 2);
  if (share > 0 && share < smallest) return `<${formatShare(smallest, digits)}`;
  return numberFormat('percent', digits).format(share);
}

/** Date and time with seconds, in the person's time zone, from ISO 8601. */
export function formatDateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(intlLocale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(date);
}

/** Date and time to the minute, for lists. */
export function formatShortDateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(intlLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

const STEPS: readonly [limit: number, divisor: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [2_592_000, 86_400, 'day'],
  [31_536_000, 2_592_000, 'month'],
  [Infinity, 31_536_000, 'year'],
];

/** `3 hours ago`, from ISO 8601. */
export function formatAgo(iso: string, nowMs = Date.now()): string {
  const seconds = (new Date(iso).getTime() - nowMs) / 1000;
  if (Number.isNaN(seconds)) return iso;
  const [, divisor, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? STEPS[5]!;
  return new Intl.RelativeTimeFormat(intlLocale(), { numeric: 'auto' }).format(
    Math.round(seconds / divisor),
    unit,
  );
}

/** A stretch of time by its two largest units: `0.3 s`, `42 s`, `4 min 5 s`, `3 h 20 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${numberFormat('decimal', 1).format(Math.max(0, seconds))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [large, small, units] =
    whole < 3600
      ? [Math.floor(whole / 60), whole % 60, ['min', 's']]
      : [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), ['h', 'min']];
  return small === 0 ? `${large} ${units[0]}` : `${large} ${units[0]} ${small} ${units[1]}`;
}

/** `0x0001F600`: a file offset the way the inspector and the byte diff write it. */
export function formatOffset(offset: number, digits = 8): string {
  return `0x${offset.toString(16).toUpperCase().padStart(digits, '0')}`;
}

/** Names of files in a sentence: each in quotation marks, as a name may hold spaces and commas. */
export const formatNames = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');
