import type { Finding } from './finding';
import type { ImageInfo } from './image-info';

export type Verdict = 'clean' | 'warnings' | 'errors';

export const READER_NAMES = [
  'qemu-up-to-9',
  'qemu-from-10',
  'hyper-v',
  'virtualbox',
  'virtual-pc',
  'azure',
  'xen',
  '7-zip',
] as const;
export type ReaderName = (typeof READER_NAMES)[number];

/** What one reader makes of the image. */
export interface ReaderVerdict {
  readonly verdict: 'reads' | 'misreads' | 'refuses';
  readonly why: string;
}

/** How far a check goes. `quick` reads metadata only; `deep` also blocks and bitmaps; `chain` every ancestor. */
export interface CheckLevels {
  readonly deep: boolean;
  readonly chain: boolean;
}

/** `platter check --json` for one image. */
export interface CheckReport {
  readonly path: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly readers: Readonly<Record<ReaderName, ReaderVerdict>>;
  /** Which levels ran. */
  readonly levels: CheckLevels;
}

export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.severity === 'error')) return 'errors';
  if (findings.some((finding) => finding.severity === 'warning')) return 'warnings';
  return 'clean';
}

/**
 * The verdict of an image by its facts alone, before it is checked: a child whose parent is missing, or not the right
 * one, cannot be read, though nothing is wrong with its own metadata.
 */
export function verdictOfInfo({ health, parent }: Pick<ImageInfo, 'health' | 'parent'>): Verdict {
  const isLost = parent?.identity === 'missing' || parent?.identity === 'mismatch';
  if (health.errors > 0 || isLost) return 'errors';
  return health.warnings > 0 ? 'warnings' : 'clean';
}
