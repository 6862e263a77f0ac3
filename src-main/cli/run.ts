import { parseArguments, usageError, type ParsedArguments } from './arguments';
import { failureFields, printFailure, understandFailure } from './failure';
import { isReaderGone, type CliIo } from './io';
import { longDocument, shortDocument, toJsonText } from './json';
import { reportProgress, type ProgressMode } from './progress';
import { nearestName } from './suggest';
import { TextOutput } from './text/output';
import { styleFor } from './text/style';
import { useChosenUndoFolder } from './undo-folder';
import type { Verb, VerbContext } from './verb';
import { findVerb, VERBS } from './verbs';

/** Runs one command line. @returns the exit code (CLI.md); never throws. */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  const json = wantsJson(argv);
  const verbName = argv[0] !== undefined && findVerb(argv[0]) !== null ? argv[0] : null;
  const printed = { isDocumentBegun: false };
  try {
    return await dispatch(argv, io, json, printed);
  } catch (error) {
    // Like a program killed by SIGPIPE: nothing to say, and nobody there to hear it.
    if (isReaderGone(error) || isReaderGone((error as { cause?: unknown } | null)?.cause)) return 4;
    const failure = await understandFailure(error, io.signal);
    // a document that is broken off has told the failure itself, as far as it can
    return printFailure(failure, io, { json: json && !printed.isDocumentBegun, verb: verbName });
  }
}

/** Known before anything is parsed, so that even a usage error comes in the form that was asked for. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

interface Printed {
  /** Part of a long JSON document has gone to standard output. */
  isDocumentBegun: boolean;
}

async function dispatch(
  argv: readonly string[],
  io: CliIo,
  json: boolean,
  printed: Printed,
): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    await showHelp(io, io.stderr, null);
    return 2;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    const named = first === 'help' ? rest.find((word) => !word.startsWith('-')) : undefined;
    if (named === 'words') return showWords(io, json);
    const verb = named === undefined || named.startsWith('-') ? null : await loadVerb(named);
    if (json) await io.stdout.write(`${toJsonText(await helpJson(verb))}\n`);
    else await showHelp(io, io.stdout, verb);
    return 0;
  }
  if (first === '--version' || first === '-V' || first === 'version') return showVersion(io, json);
  if (first.startsWith('-')) {
    throw usageError(
      `The verb comes first: platter VERB FILE ${first}.`,
      '"platter --help" lists the verbs.',
    );
  }
  return runVerb(await loadVerb(first), rest, io, json, printed);
}

async function loadVerb(name: string): Promise<Verb> {
  const entry = findVerb(name);
  if (entry === null) {
    const meant = nearestName(
      name,
      VERBS.map((verb) => verb.name),
    );
    throw usageError(
      `platter has no verb "${name}".${meant === null ? '' : ` Did you mean "${meant}"?`}`,
      '"platter --help" lists the verbs.',
    );
  }
  return (await entry.load()).verb;
}

async function runVerb(
  verb: Verb,
  argv: readonly string[],
  io: CliIo,
  json: boolean,
  printed: Printed,
): Promise<number> {
  const args = parseArguments(argv, verb.spec);
  if (args.flag('help')) {
    if (json) await io.stdout.write(`${toJsonText(await helpJson(verb))}\n`);
    else await showHelp(io, io.stdout, verb);
    return 0;
  }
  // The browser door reads the settings itself, and again whenever they change.
  const undoQuotaBytes = verb.spec.name === 'serve' ? null : useChosenUndoFolder(io.env);
  const style = styleFor(io.stdout, io.env);
  const out = new TextOutput(json ? null : io.stdout, style);
  // Printed once the verb has ended well: a failure must not leave two documents behind.
  let document: Iterable<string> = [];
  const progress = reportProgress((args.value('progress') ?? 'auto') as ProgressMode, io.stderr);
  let said: Promise<void> = Promise.resolve();
  const context: VerbContext = {
    io,
    json,
    out,
    style,
    signal: io.signal,
    onProgress: progress.listen,
    printJson: (value) => {
      if (json) document = [`${toJsonText(value)}\n`];
    },
    printLongJson: async (long) => {
      if (!json) return;
      if (long.list.isWhole) {
        document = shortDocument(long);
        return;
      }
      printed.isDocumentBegun = true;
      progress.end();
      const fieldsOf = async (error: unknown) => failureFields(await understandFailure(error, io.signal));
      await new TextOutput(io.stdout, style).stream(longDocument(long, fieldsOf));
    },
    warn: (message) => {
      progress.end();
      // In the order in which it is said, where both go to one terminal.
      void out.flush().catch(() => undefined);
      const errors = new TextOutput(io.stderr, styleFor(io.stderr, io.env));
      errors.paragraph(`${errors.style.warning('Note:')} ${message}`, 6, 0);
      said = errors.flush().catch(() => undefined);
    },
  };
  try {
    const exitCode = await verb.run(args, context);
    if (verb.spec.keepsUndo && undoQuotaBytes !== null) await pruneUndo(undoQuotaBytes);
    progress.end();
    const jsonOut = new TextOutput(io.stdout, style);
    for (const piece of document) jsonOut.raw(piece);
    await jsonOut.flush();
    await out.flush();
    return exitCode;
  } finally {
    progress.end();
    await out.flush().catch(() => undefined);
    if (!json) for (const note of await leftoversAt(args)) context.warn(note);
    await said;
  }
}

/** The oldest journals go where more would be kept than the settings allow; a failure of that fails no change. */
async function pruneUndo(undoQuotaBytes: number): Promise<void> {
  const { pruneHistory } = await import('../engine');
  await pruneHistory(undoQuotaBytes).catch(() => undefined);
}

/** Asked of every verb that names files, since nobody else would come upon the hidden names of unfinished files. */
async function leftoversAt(args: ParsedArguments): Promise<readonly string[]> {
  const named = [...args.operands, ...args.values('output')].filter((name) => name !== '-');
  if (named.length === 0) return [];
  const { describeLeftovers } = await import('./leftovers');
  return describeLeftovers(named);
}

/** The same as the text: the verbs there are, or everything about one. */
async function helpJson(verb: Verb | null): Promise<unknown> {
  if (verb === null) return { verbs: VERBS.map(({ name, group, summary }) => ({ name, group, summary })) };
  const { COMMON_OPTIONS } = await import('./arguments');
  return { ...verb.spec, commonOptions: COMMON_OPTIONS };
}

async function showHelp(io: CliIo, sink: CliIo['stdout'], verb: Verb | null): Promise<void> {
  const { printOverview, printVerbHelp } = await import('./help');
  const out = new TextOutput(sink, styleFor(sink, io.env));
  if (verb === null) printOverview(out);
  else printVerbHelp(out, verb.spec);
  await out.flush();
}

async function showWords(io: CliIo, json: boolean): Promise<number> {
  const [{ WORDS }, { printWords }] = await Promise.all([import('./words'), import('./help')]);
  if (json) await io.stdout.write(`${toJsonText({ words: WORDS })}\n`);
  else {
    const out = new TextOutput(io.stdout, styleFor(io.stdout, io.env));
    printWords(out, WORDS);
    await out.flush();
  }
  return 0;
}

async function showVersion(io: CliIo, json: boolean): Promise<number> {
  const { VERSION } = await import('./version');
  const facts = { name: 'platter', version: VERSION, node: process.versions.node };
  await io.stdout.write(json ? `${toJsonText(facts)}\n` : `platter ${VERSION}\n`);
  return 0;
}
