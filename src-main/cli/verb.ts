import type { ProgressListener } from '../../src-shared/model/job';
import type { ParsedArguments } from './arguments';
import type { CliIo } from './io';
import type { LongDocument } from './json';
import type { TextOutput } from './text/output';
import type { Style } from './text/style';
import type { OptionSpec, VerbSpec } from './verb-spec';

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
  /** The same for a document with a list of any length; a long one is printed at once, while it is gone through. */
  printLongJson(document: LongDocument): Promise<void>;
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

export const NO_LOCK_OPTION: OptionSpec = {
  name: 'no-lock',
  text: 'Go on where the file system knows no locks.',
};
