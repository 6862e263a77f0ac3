/**
 * What sort of trouble an error is. Logic switches on the kind; texts and tests go by the code.
 * `usage` wrong call · `refused` the image is not fit for this · `wouldLoseData` possible, but not without a
 * word from the person · `system` the operating system said no · `conflict` the file is not the one looked at ·
 * `cancelled` asked for by the person · `internal` a bug in Platter.
 */
export const ERROR_KINDS = [
  'usage',
  'refused',
  'wouldLoseData',
  'system',
  'conflict',
  'cancelled',
  'internal',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** Exit codes of the command line, by kind (CLI.md). */
export const EXIT_CODE_BY_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  refused: 3,
  wouldLoseData: 3,
  conflict: 4,
  system: 4,
  internal: 5,
  cancelled: 130,
};
