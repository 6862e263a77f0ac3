import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { verdictOf, type CheckReport } from '../../../src-shared/model/check-report';
import type { Finding } from '../../../src-shared/model/finding';
import { openImageFile, requireWholeSet } from '../chain';
import { readMetadata, type VhdMetadata } from '../disk/metadata';
import { describeFormat, probeFormat } from '../disk/probe';
import { NodeFile, pathsOfFile, type RandomAccessFile } from '../io';
import { createContext, type CheckContext, type CheckEnvironment } from './context';
import { findInterrupted } from './file/change-interrupted';
import { QUICK_RULES } from './quick-rules';
import type { Rule, RuleFacts } from './rule';
import { runRules } from './run-rules';

/** An image that is open already, with the metadata that was read from it. */
export interface OpenImage {
  readonly file: RandomAccessFile;
  readonly metadata: VhdMetadata;
}

export interface CheckOptions extends CheckEnvironment {
  /** Reads blocks and bitmaps too. */
  readonly deep?: boolean | undefined;
  /** Goes up to the root, and looks at every edge. */
  readonly chain?: boolean | undefined;
  /** Codes; all others are left out of findings and verdict. */
  readonly only?: readonly string[] | undefined;
  /** Codes to leave out of findings and verdict. */
  readonly ignore?: readonly string[] | undefined;
}

/**
 * Every finding about an image, without stopping at the first, and what each reader makes of it.
 * @throws AppError `not-a-vhd` or `no-metadata` where there is neither a footer nor a dynamic disk header; of kind
 * `system` where the file cannot be read; `cancelled`. No content of the file makes it throw anything else.
 */
export async function checkImage(
  target: string | OpenImage,
  options: CheckOptions = {},
): Promise<CheckReport> {
  if (typeof target !== 'string') return checkOpenImage(target, options);
  const file = await openImageFile(target);
  try {
    return await checkOpenImage({ file, metadata: await readMetadata(file) }, options);
  } finally {
    await file.close();
  }
}

/**
 * What a quick check finds: metadata only, milliseconds even at 2040 GiB.
 * @throws AppError of kind `system`.
 */
export async function quickFindings(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  environment: CheckEnvironment = {},
): Promise<readonly Finding[]> {
  return (await quickLook(file, metadata, environment)).findings;
}

/** What a quick check finds, and what it found out of the parent on the way. @throws AppError of kind `system`. */
export async function quickLook(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  environment: CheckEnvironment = {},
): Promise<QuickLook> {
  const context = await createContext(file, metadata, environment);
  const { edge, locators } = context;
  return { findings: await runRules(context, QUICK_RULES), edge, locators };
}

/** `edge` and `locators` as the rules saw them: nothing is looked for twice. */
export interface QuickLook extends Pick<CheckContext, 'edge' | 'locators'> {
  readonly findings: readonly Finding[];
}

/** @throws AppError `not-a-vhd` or `no-metadata` where nothing of a VHD was found. */
export async function requireVhd({ file, metadata }: OpenImage): Promise<void> {
  if (metadata.active || metadata.header?.cookieValid) return;
  const format = await probeFormat(file);
  if (format === 'unknown' || format === 'raw') await requireWholeSet(file.path);
  const name = path.basename(file.path);
  const interrupted = await findInterrupted(file.path);
  const hint = interrupted
    ? {
        hint: `A change of it is not finished: "${interrupted.name}" lies beside it, and "platter undo" rolls it back.`,
      }
    : {};
  if (format === 'unknown' || format === 'vhd') {
    throw new AppError(
      'no-metadata',
      `"${name}" has neither a VHD footer nor a dynamic disk header, and nothing else in it is recognised.`,
      { context: { path: file.path }, ...hint },
    );
  }
  const more =
    format === 'raw' ? ' If it was a fixed VHD, its footer is gone; a new one can be put behind it.' : '';
  throw new AppError('not-a-vhd', `"${name}" is ${describeFormat(format)}.${more}`, {
    context: { path: file.path },
    data: { format },
    ...hint,
  });
}

async function checkOpenImage(image: OpenImage, options: CheckOptions): Promise<CheckReport> {
  const { context, all } = await findAll(image, options);
  const findings = all.filter(
    ({ code }) =>
      (options.only === undefined || options.only.includes(code)) && !options.ignore?.includes(code),
  );
  return {
    path: image.file.path,
    verdict: verdictOf(findings),
    findings,
    readers: await judge(context, all, options),
    levels: { deep: options.deep ?? false, chain: options.chain ?? false },
  };
}

/** What each reader makes of the image; where it lies in several files, most open the first alone. */
async function judge(
  context: CheckContext,
  findings: readonly Finding[],
  options: CheckOptions,
): Promise<CheckReport['readers']> {
  const { findBehindParent, hasStrayData, judgeReaders } = await import('./readers');
  const readers = judgeReaders({
    context,
    findings,
    edgeProblems: await edgeProblems(context),
    behindParentOffset: await findBehindParent(context),
    parentIsSplit: await isParentSplit(context),
    deep: options.deep,
    hasStrayData: await hasStrayData(context),
  });
  const { file } = context;
  if (pathsOfFile(file).length === 1) return readers;
  const { judgeSplitSet } = await import('./readers/split-set');
  const first = await NodeFile.open(file.path, 'read');
  try {
    const alone = await createContext(first, await readMetadata(first), options);
    return judgeSplitSet(file.path, readers, await judge(alone, await runRules(alone, QUICK_RULES), options));
  } finally {
    await first.close();
  }
}

/** Runs every rule of the levels asked for. @throws AppError `not-a-vhd` or `no-metadata`. */
async function findAll(
  image: OpenImage,
  options: CheckOptions,
): Promise<{ readonly context: CheckContext; readonly all: readonly Finding[] }> {
  await requireVhd(image);
  const checkAncestor = async (ancestor: string): Promise<readonly Finding[]> => {
    const file = await openImageFile(ancestor);
    try {
      const own = { ...options, chain: false, ownChange: undefined };
      return (await findAll({ file, metadata: await readMetadata(file) }, own)).all;
    } finally {
      await file.close();
    }
  };
  const context = await createContext(image.file, image.metadata, { ...options, checkAncestor });
  return {
    context,
    all: await runRules(context, await rulesOf(options.deep === true, options.chain === true)),
  };
}

const EDGE_CODES: readonly string[] = [
  'chain-loop',
  'parent-ambiguous',
  'parent-found-by-id',
  'parent-mismatch',
  'parent-missing',
];

/** What readers trip over on the way to the base as the files lie here, whatever levels were asked for. */
async function edgeProblems(context: CheckContext): Promise<readonly string[]> {
  if (context.metadata.type !== 'differencing') return [];
  const { problems, ancestors } = await context.chain();
  return [...problems, ...ancestors.flatMap((image) => image.problems)]
    .map(({ code }) => code)
    .filter((code) => EDGE_CODES.includes(code));
}

async function isParentSplit(context: CheckContext): Promise<boolean> {
  return context.metadata.type === 'differencing' && (await context.edge()).parent?.isSplit === true;
}

/** Loads no more than was asked for: `info` starts many times a day, a deep check seldom. */
async function rulesOf(deep: boolean, chain: boolean): Promise<readonly Rule[]> {
  return [
    ...QUICK_RULES,
    ...(deep ? (await import('./deep-rules')).DEEP_RULES : []),
    ...(chain ? (await import('./chain-rules')).CHAIN_RULES : []),
  ];
}

/** The catalogue for those who seldom need it; loads every rule. */
export async function loadCatalogue(): Promise<readonly RuleFacts[]> {
  return (await import('./catalogue')).RULE_CATALOGUE;
}
