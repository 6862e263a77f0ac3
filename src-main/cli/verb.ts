import type { ProgressListener } from '../../src-shared/model/job';
import type { ParsedArguments } from './arguments';
import type { CliIo } from './io';
import type { TextOutput } from './text/output';
import type { Style } from './text/style';

/** An option of a verb, as `--help` shows it and the parser takes it. */
export interface OptionSpec {
  /** Long name without its dashes. */
  readonly name: string;
  /** One letter, for `-o`. */
  readonly short?: string;
  /** Word for the value, such as `SIZE`; absent for a flag. */
  readonly value?: string;
  /** May be given several times, and takes several values once all files are named. */
  readonly several?: boolean;
  /** Values that are taken; anything else is refused with the nearest one. */
  readonly choices?: readonly string[];
  readonly text: string;
}

/** A file or value that stands without an option name. */
export interface OperandSpec {
  readonly name: string;
  readonly required: boolean;
  /** Only the last operand may be so. */
  readonly several?: boolean;
}

export interface VerbSpec {
  readonly name: string;
  /** Synopses without the leading `platter`. */
  readonly usage: readonly string[];
  /** Paragraphs: what it does, and what it leaves alone. */
  readonly about: readonly string[];
  readonly operands: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
}

export interface VerbContext {
  readonly io: CliIo;
  /** One JSON document is wanted on standard output. */
  readonly json: boolean;
  /** Lines for people on standard output; silent under `--json`. */
  readonly out: TextOutput;
  readonly style: Style;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
  /** The verb's JSON document, printed when it has ended well; nothing unless JSON is wanted. */
  printJson(value: unknown): void;
  /** The same for a document too large for one text, in pieces. */
  printLongJson(pieces: Iterable<string>): void;
  /** Something the person should know, on standard error. */
  warn(message: string): void;
}

export interface Verb {
  readonly spec: VerbSpec;
  /** @returns the exit code: 0, or 1 where the answer is no. @throws AppError for everything else. */
  run(args: ParsedArguments, context: VerbContext): Promise<number>;
}

/** Exit codes that are no failures (CLI.md). */
export const EXIT_DONE = 0;
export const EXIT_ANSWER_IS_NO = 1;
