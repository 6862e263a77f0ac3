import fs from 'node:fs';
import path from 'node:path';
import type { Finding } from '../../../src-shared/model/finding';
import { timestampFromDate } from '../../../src-shared/vhd/timestamp';
import { readLocators, type ReadLocator } from '../chain';
import type { ContentSurvey } from '../content/read-content';
import type { OperationContext } from '../disk/virtual-disk';
import type { VhdMetadata } from '../disk/metadata';
import { hostAttributes, type HostAttributes, type RandomAccessFile } from '../io';
import type { ChainWalk } from './chain/walk-chain';
import { BatAnalysis } from './bat-analysis';
import { gatherFacts, type ImageFacts } from './image-facts';

export interface CheckEnvironment extends OperationContext {
  /** Seconds since 2000; the clock unless given. */
  readonly nowSeconds?: number | undefined;
  /** Asked before a file other than the image is opened or looked for; all are allowed unless given. */
  readonly mayOpen?: ((path: string) => boolean | Promise<boolean>) | undefined;
  /** The journal beside the image is the caller's own: the change is under way, not interrupted. */
  readonly ownChange?: boolean | undefined;
  /** How the host keeps the file; the host is asked unless given. */
  readonly hostAttributes?: ((path: string) => Promise<HostAttributes | null>) | undefined;
}

/** What the check itself adds to what its caller gave. */
export interface RuleEnvironment extends CheckEnvironment {
  /** Checks another image of the chain by itself. */
  readonly checkAncestor?: ((path: string) => Promise<readonly Finding[]>) | undefined;
  /** The chain is looked at up to its root. */
  readonly chain?: boolean | undefined;
}

/** What rules look at. */
export interface CheckContext {
  readonly file: RandomAccessFile;
  readonly metadata: VhdMetadata;
  readonly facts: ImageFacts;
  /** Null for fixed disks and where there is no BAT or no usable block size. */
  readonly bat: BatAnalysis | null;
  readonly nowSeconds: number;
  readonly environment: RuleEnvironment;
  /** Parent locators in use with their paths; none for a fixed disk. */
  locators(): Promise<readonly ReadLocator[]>;
  /** The image's own edge to its parent, looked for once. */
  edge(): Promise<ChainWalk>;
  /** The same with every ancestor. */
  chain(): Promise<ChainWalk>;
  /** What a check of another image finds, at the levels of this one but without its chain. */
  findingsOf(path: string): Promise<readonly Finding[]>;
  /** How Windows keeps the image's file; null elsewhere. */
  hostAttributes(): Promise<HostAttributes | null>;
  /** What the disk holds, by its partition table and file systems; null where that cannot be told for certain. */
  content(): Promise<ContentSurvey | null>;
  /** Whether a file of this name lies beside the image. */
  siblingExists(name: string): Promise<boolean>;
}

/** Gathers once what the rules share. @throws AppError of kind `system`. */
export async function createContext(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  environment: RuleEnvironment = {},
): Promise<CheckContext> {
  const facts = await gatherFacts(file, metadata);
  const { checkAncestor } = environment;
  const hasBlocks = metadata.bat !== null && facts.blockSizeBytes !== null;
  const start: Omit<CheckContext, 'chain' | 'edge'> = {
    file,
    metadata,
    facts,
    bat: hasBlocks ? new BatAnalysis(metadata, facts) : null,
    nowSeconds: environment.nowSeconds ?? timestampFromDate(new Date()) ?? 0,
    environment,
    locators: once(() => (metadata.type === 'fixed' ? Promise.resolve([]) : readLocators(file, metadata))),
    findingsOf: (other) => (checkAncestor ? checkAncestor(other) : Promise.resolve([])),
    hostAttributes: once(() => (environment.hostAttributes ?? hostAttributes)(file.path)),
    content: once(async () => (await import('./content-survey')).surveyDisk(file, metadata, environment)),
    siblingExists: (name) => exists(path.join(path.dirname(file.path), name), environment),
  };
  const edge = once(async () => (await import('./chain/walk-chain')).walkEdge(start));
  const chain = once(async () => (await import('./chain/walk-chain')).walkChain(start, await edge()));
  return { ...start, edge, chain };
}

function once<T>(produce: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= produce());
}

async function exists(sibling: string, { mayOpen }: CheckEnvironment): Promise<boolean> {
  if (mayOpen && !(await mayOpen(sibling))) return false;
  return new Promise((resolve) => {
    fs.lstat(sibling, (error, stats) => {
      resolve(!error && stats.isFile());
    });
  });
}
