import { AppError, EXIT_CODE_BY_KIND } from '../../src-shared/errors';
import { formatCount } from '../../src-shared/vhd/format-size';
import { isReaderGone, type CliIo } from './io';
import { toJsonText } from './json';
import { TextOutput } from './text/output';
import { styleFor } from './text/style';

/** Any thrown value in the catalogue's words; an operating system's error that slipped through is one of the system. */
export async function understandFailure(error: unknown, signal: AbortSignal): Promise<AppError> {
  if (error instanceof AppError) return error;
  if (signal.aborted && (error as { name?: unknown } | null)?.name === 'AbortError') {
    return new AppError('cancelled', 'The work was stopped.', { cause: error });
  }
  const system = error as { syscall?: unknown; path?: unknown } | null;
  if (typeof system?.syscall === 'string') {
    const { systemFailure } = await import('./system-failure');
    // What has no path of its own is one of our streams.
    const place = system.syscall === 'write' ? 'standard output' : 'a file';
    return systemFailure(error, typeof system.path === 'string' ? system.path : place);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('internal', message, { cause: error });
}

export interface FailureView {
  readonly json: boolean;
  /** The verb, or null where none was recognised. */
  readonly verb: string | null;
}

/** Tells what failed, what was left alone and what to do next; never a stack trace unless PLATTER_DEBUG asks for it. */
export async function printFailure(error: AppError, io: CliIo, { json, verb }: FailureView): Promise<number> {
  const exitCode = EXIT_CODE_BY_KIND[error.kind];
  const isDebugging = (io.env['PLATTER_DEBUG'] ?? '') !== '' && io.env['PLATTER_DEBUG'] !== '0';
  if (json) {
    await io.stdout.write(`${toJsonText(failureFields(error))}\n`).catch((problem: unknown) =>
      // Where standard output itself is what fails, the other one has to tell.
      isReaderGone(problem) ? undefined : printAsText(error, io, verb),
    );
  }
  if (!json) await printAsText(error, io, verb);
  if (isDebugging) {
    const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? ''}` : '';
    await io.stderr.write(`${error.stack ?? ''}${cause}\n`).catch(() => undefined);
  }
  return exitCode;
}

/** A failure as JSON (CLI.md). */
export function failureFields(error: AppError): { readonly error: Readonly<Record<string, unknown>> } {
  const { path, offset } = error.context;
  return {
    error: {
      code: error.code,
      message: error.message,
      hint: error.hint,
      ...(offset === undefined ? {} : { offset }),
      ...(path === undefined ? {} : { path }),
      ...(error.unchanged === undefined ? {} : { unchanged: error.unchanged }),
      ...(Object.keys(error.data).length === 0 ? {} : { data: error.data }),
    },
  };
}

async function printAsText(error: AppError, io: CliIo, verb: string | null): Promise<void> {
  const style = styleFor(io.stderr, io.env);
  const out = new TextOutput(io.stderr, style);
  const name = verb === null ? 'platter' : `platter ${verb}`;
  out.line(`${name}: ${style.bad(error.title)}`);
  out.paragraph(error.message, 2);
  if (error.context.offset !== undefined)
    out.line(`  At byte ${formatCount(error.context.offset)} of the file.`);
  if (error.unchanged !== undefined) out.paragraph(error.unchanged, 2);
  if (error.kind === 'internal') {
    const { VERSION } = await import('./version');
    out.line(`  Platter ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}.`);
    out.paragraph('PLATTER_DEBUG=1 in the environment shows where it happened.', 2);
  }
  out.paragraph(`${style.faint('What to do:')} ${error.hint}`, 2);
  await out.flush().catch(() => undefined);
}
