import type { ReaderVerdict } from '../../../../src-shared/model/check-report';
import type { Finding } from '../../../../src-shared/model/finding';
import type { CheckContext } from '../context';

/** What a prediction is made from: the metadata, and everything the check found. */
export interface ReaderInput {
  readonly context: CheckContext;
  readonly findings: readonly Finding[];
  /** Codes of what is wrong with the edge to its parent, whether or not the chain was asked for. */
  readonly edgeProblems?: readonly string[] | undefined;
  /** First guest byte that nobody stores and that an ancestor is too short for. */
  readonly behindParentOffset?: number | null | undefined;
  /** The parent is a split set, of which other programs open the first piece alone. */
  readonly parentIsSplit?: boolean | undefined;
  /** Blocks and bitmaps were read, too. */
  readonly deep?: boolean | undefined;
  /** A block that lies over metadata has data under what would be clear bits of its sector bitmap. */
  readonly hasStrayData?: boolean | undefined;
}

export type Judge = (input: ReaderInput) => ReaderVerdict;

export const reads = (why: string): ReaderVerdict => ({ verdict: 'reads', why });
export const misreads = (why: string): ReaderVerdict => ({ verdict: 'misreads', why });
export const refuses = (why: string): ReaderVerdict => ({ verdict: 'refuses', why });

export const found = (input: ReaderInput, code: string): boolean =>
  input.findings.some((finding) => finding.code === code) || (input.edgeProblems?.includes(code) ?? false);

/** That nothing was found that the reader would trip over: no more than what was examined. */
export const soundAsExamined = ({ deep }: ReaderInput): string =>
  deep
    ? 'Size, BAT and sector bitmaps are as they should be.'
    : 'Size and BAT are as they should be; sector bitmaps and blocks were not read, which a deep check does.';

/** The same of a fixed disk, which has nothing but its bytes. */
export const SOUND_FIXED = 'The size is right, and the content lies where it looks for it.';

/** The first of the codes that was found, as a refusal with the words that go with it; null where none was. */
export function refusalFor(
  input: ReaderInput,
  reasons: Readonly<Record<string, string>>,
): ReaderVerdict | null {
  for (const [code, why] of Object.entries(reasons)) if (found(input, code)) return refuses(why);
  return null;
}
