import { AppError, type ErrorCode } from '../../../src-shared/errors';
import { doubtsOf, openDisk } from '../../engine';
import type { ParentOptions } from '../image/parent';

/** What is to be said of the ancestors of an image. */
export interface ChainNotes {
  /** Why an ancestor may hold other content than its child was made over. */
  readonly doubts: readonly string[];
  /** Why the chain cannot be followed to its base; null where it can. */
  readonly broken: AppError | null;
}

const CHAIN_ERRORS: readonly ErrorCode[] = [
  'chain-loop',
  'chain-too-deep',
  'parent-ambiguous',
  'parent-mismatch',
  'parent-missing',
  'parent-raw-unnamed',
];

/** Follows the chain of an image to its base. Other damage than that of the chain is left to a check. */
export async function chainNotes(path: string, { mayOpen }: ParentOptions = {}): Promise<ChainNotes> {
  try {
    const opened = await openDisk(path, { mayOpen, allowDamaged: true });
    await opened.close();
    return { doubts: doubtsOf(opened.chain), broken: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { doubts: [], broken: CHAIN_ERRORS.includes(error.code) ? error : null };
  }
}
