import { AppError } from '../../src-shared/errors';
import { nearestName } from './suggest';
import type { OptionSpec, VerbSpec } from './verb-spec';

/** Options that every verb takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', text: 'One JSON document on standard output, and nothing else.' },
  {
    name: 'progress',
    value: 'HOW',
    choices: ['auto', 'none', 'json'],
    text: 'auto (a bar on a terminal), none, or json: one object a line on standard error.',
  },
  { name: 'help', short: 'h', text: 'Show this help.' },
];

/** What a person gave to a verb, checked against its specification but not yet understood. */
export class ParsedArguments {
  readonly operands: readonly string[];
  readonly #flags: ReadonlySet<string>;
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(
    operands: readonly string[],
    flags: ReadonlySet<string>,
    values: ReadonlyMap<string, readonly string[]>,
  ) {
    this.operands = operands;
    this.#flags = flags;
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#flags.has(name);
  }

  value(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.#flags.has(name) || this.#values.has(name);
  }

  /** A required operand; the parser has made sure of it. */
  operand(index: number): string {
    const operand = this.operands[index];
    if (operand === undefined) throw usageError(`An operand is missing.`);
    return operand;
  }
}

export function usageError(message: string, hint?: string): AppError {
  return new AppError('usage', message, { hint });
}

/**
 * Files and options in any order; `--name value`, `--name=value`, `-o value`, `--` before names that begin with a
 * dash, and `-` alone is a name. @throws AppError `usage`.
 */
export function parseArguments(argv: readonly string[], spec: VerbSpec): ParsedArguments {
  const options = [...spec.options, ...COMMON_OPTIONS];
  const required = spec.operands.filter((operand) => operand.required).length;
  const operands: string[] = [];
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  let index = 0;
  for (; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      operands.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-' || isNegativeSize(word, operands.length, spec)) {
      operands.push(word);
      continue;
    }
    const { option, shown, attached } = findOption(word, options, spec);
    if (option.value === undefined) {
      if (attached !== undefined) throw usageError(`${shown} takes no value.`);
      flags.add(option.name);
      continue;
    }
    const next = attached ?? argv[index + 1];
    if (next === undefined || (attached === undefined && !mayBeValue(next))) {
      throw usageError(`${shown} needs a value: ${shown} ${option.value}.`);
    }
    if (attached === undefined) index += 1;
    const taken = [next];
    while (option.several === true && operands.length >= required && isPlain(argv[index + 1])) {
      index += 1;
      taken.push(argv[index] ?? '');
    }
    const before = values.get(option.name);
    if (before !== undefined && option.several !== true) throw usageError(`${shown} is given twice.`);
    taken.forEach((value) => checkChoice(value, option, shown));
    values.set(option.name, [...(before ?? []), ...taken]);
  }
  if (!flags.has('help')) checkOperands(operands, spec, argv.includes('--'));
  return new ParsedArguments(operands, flags, values);
}

/** `resize FILE -5G`: refused as a size, not as an option that does not exist. */
const isNegativeSize = (word: string, index: number, spec: VerbSpec): boolean =>
  spec.operands[index]?.name === 'SIZE' && /^-[\d.]/.test(word);

/** A negative number is one, too: that it cannot be used is said in better words where it is understood. */
const mayBeValue = (word: string): boolean => !word.startsWith('-') || word === '-' || /^-[\d.]/.test(word);

const isPlain = (word: string | undefined): boolean => word !== undefined && !word.startsWith('-');

interface FoundOption {
  readonly option: OptionSpec;
  /** As the person wrote it, without the value. */
  readonly shown: string;
  readonly attached: string | undefined;
}

function findOption(word: string, options: readonly OptionSpec[], spec: VerbSpec): FoundOption {
  const isLong = word.startsWith('--');
  const equals = word.indexOf('=');
  const shown = equals < 0 ? word : word.slice(0, equals);
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  const option = options.find((one) => (isLong ? `--${one.name}` : `-${one.short ?? ''}`) === shown);
  if (option !== undefined && shown.length > 1) return { option, shown, attached };
  const names = options.map((one) => `--${one.name}`);
  const meant = nearestName(isLong ? shown : `-${shown}`, names);
  throw usageError(
    `platter ${spec.name} has no option ${shown}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    `"platter ${spec.name} --help" lists its options. A file whose name begins with a dash goes behind "--".`,
  );
}

function checkChoice(value: string, option: OptionSpec, shown: string): void {
  if (option.choices === undefined || option.choices.includes(value)) return;
  const meant = nearestName(value, option.choices);
  throw usageError(
    `${shown} takes ${listWords(option.choices)}, not "${value}".${meant === null ? '' : ` Did you mean ${meant}?`}`,
  );
}

/** @param isEnded `--` was among them: what looks like an option behind it is a name. */
function checkOperands(operands: readonly string[], spec: VerbSpec, isEnded: boolean): void {
  const missing = spec.operands.find((operand, index) => operand.required && operands[index] === undefined);
  if (missing !== undefined) {
    throw usageError(
      `platter ${spec.name} needs ${missing.name}: platter ${spec.usage[0] ?? spec.name}`,
      `"platter ${spec.name} --help" shows an example.`,
    );
  }
  const last = spec.operands[spec.operands.length - 1];
  if (last?.several !== true && operands.length > spec.operands.length) {
    const surplus = operands[spec.operands.length] ?? '';
    throw usageError(
      `platter ${spec.name} takes ${spec.operands.length === 0 ? 'no file' : spec.operands.map((one) => one.name).join(' ')}; "${surplus}" is one too many.`,
      isEnded && surplus.startsWith('-')
        ? 'Everything behind "--" is a name: give options before it.'
        : 'A name with spaces needs quotes around it.',
    );
  }
  operands.forEach((operand, index) => {
    if (operand !== '-' || spec.operands[index]?.stream === true) return;
    throw usageError(
      `platter ${spec.name} needs a file that it can read at any place, not a standard stream.`,
      'Save it to a file first; a file of the name "-" is given as "./-".',
    );
  });
  const empty = operands.indexOf('');
  if (empty >= 0) throw usageError(`An empty name was given as ${spec.operands[empty]?.name ?? 'a file'}.`);
}

/** `a, b or c`. */
function listWords(words: readonly string[], joint = 'or'): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${joint} ${words[words.length - 1] ?? ''}`;
}
