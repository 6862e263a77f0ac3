import { AppError } from '../../src-shared/errors';
import { formatBytes, formatCount, formatSizeBoth } from '../../src-shared/vhd/format-size';
import { parseSize, type ParseSizeOptions } from '../../src-shared/vhd/parse-size';
import type { ParsedArguments } from './arguments';
import type { VerbContext } from './verb';

/** A size as given, understood; with the other reading where the unit is often taken for another. */
export interface GivenSize {
  readonly bytes: number;
  readonly otherReading?: { readonly text: string; readonly bytes: number };
}

interface WordsOfSize {
  /** What to do instead, where a size of a disk is not what is asked for. */
  readonly hint?: string | undefined;
}

/** SIZE of CLI.md. @throws AppError `bad-size`, with the two nearest sizes where it is no multiple of 512. */
function readSize(text: string, shown: string, options: ParseSizeOptions & WordsOfSize = {}): GivenSize {
  const result = parseSize(text, options);
  if (result.ok) return result;
  const otherWay =
    result.otherReading === undefined
      ? ''
      : ` (${result.otherReading.text} would be ${formatBytes(result.otherReading.bytes)}.)`;
  throw new AppError('bad-size', `${shown}: ${result.message}${otherWay}`, {
    hint: options.hint,
    data: {
      given: text,
      reason: result.code,
      ...(result.nearest === undefined ? {} : { nearestBytes: result.nearest }),
      ...(result.otherReading === undefined ? {} : { otherReadingBytes: result.otherReading.bytes }),
    },
  });
}

/** The same, and where the unit has two readings both are told: PowerShell and Windows mean the binary one. */
export function readSizeAloud(text: string, shown: string, context: VerbContext): GivenSize {
  const size = readSize(text, shown);
  if (size.otherReading !== undefined) context.warn(describeTwoReadings(text, size));
  return size;
}

function describeTwoReadings(text: string, { bytes, otherReading }: GivenSize): string {
  const other = otherReading === undefined ? '' : `${otherReading.text} (${formatBytes(otherReading.bytes)})`;
  return `${text} is read as ${formatBytes(bytes)}; PowerShell and Windows mean ${other} by it.`;
}

/** Two readings for the JSON document, where there are two. */
export function otherReadingFields(size: GivenSize): Readonly<Record<string, unknown>> {
  return size.otherReading === undefined ? {} : { otherReadingBytes: size.otherReading.bytes };
}

export function sizeOption(args: ParsedArguments, name: string, context: VerbContext): number | undefined {
  const text = args.value(name);
  return text === undefined ? undefined : readSizeAloud(text, `--${name}`, context).bytes;
}

const OFFSET_HINT = 'Count in whole bytes from the start of the disk, such as 0, 0x7e00, 1M or 2048s.';

/** An offset or length in bytes: SIZE, but any whole number of bytes. */
export function bytesOption(args: ParsedArguments, name: string): number | undefined {
  const text = args.value(name);
  if (text === undefined) return undefined;
  if (name === 'offset' && /^\s*[-\u2212]/.test(text))
    throw new AppError('bad-size', `--offset ${text.trim()}: a disk has nothing before byte 0.`, {
      hint: OFFSET_HINT,
    });
  const hint = name === 'offset' ? OFFSET_HINT : 'Give any whole number of bytes, such as 100, 1M or 2048s.';
  return readSize(text, `--${name}`, { multipleBytes: 1, hint }).bytes;
}

/** A whole number in `[least, most]`. @throws AppError `bad-value`. */
export function countOption(
  args: ParsedArguments,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const text = args.value(name);
  if (text === undefined) return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new AppError('bad-value', `--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

/** Values that may be given one by one, side by side or with commas. */
export function listOption(args: ParsedArguments, name: string): string[] {
  return args
    .values(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** `NAME=VALUE` options as pairs. @throws AppError `usage`. */
export function pairsOption(args: ParsedArguments, name: string, form: string): [string, string][] {
  return args.values(name).map((text) => {
    const equals = text.indexOf('=');
    if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
    throw new AppError('usage', `--${name} takes ${form}, not "${text}".`);
  });
}

/** A range of guest bytes within a disk; a missing length reaches to the end. @throws AppError `bad-value`. */
export function rangeWithin(
  diskBytes: number,
  offset: number | undefined,
  length: number | undefined,
): { readonly offset: number; readonly length: number } {
  const start = offset ?? 0;
  const end = length === undefined ? diskBytes : start + length;
  if (start <= diskBytes && end <= diskBytes) return { offset: start, length: Math.max(0, end - start) };
  const data = { offset: start, length: length ?? null, diskBytes };
  const has = `which has ${formatSizeBoth(diskBytes)}`;
  if (start > diskBytes)
    throw new AppError('bad-value', `Byte ${formatCount(start)} lies behind the end of the disk, ${has}.`, {
      data,
      hint: `Give --offset a place inside the disk, before byte ${formatCount(diskBytes)}.`,
    });
  throw new AppError(
    'bad-value',
    `${formatSizeBoth(length ?? 0)} from byte ${formatCount(start)} reach behind the end of the disk, ${has}.`,
    {
      data,
      hint: `Leave out --length to go to the end of the disk, or give at most ${formatSizeBoth(diskBytes - start)}.`,
    },
  );
}
