/** Chain rules, each produced by an image in chain-rules.test.ts. */
export const TESTED_CHAIN_CODES: readonly string[] = [
  'ancestor-damaged',
  'ancestor-unreadable',
  'chain-too-deep',
  'duplicate-unique-id',
  'locator-stale',
  'parent-ambiguous',
  'parent-block-size-differs',
  'parent-mismatch',
  'parent-missing',
  'parent-newer',
  'parent-raw',
  'parent-size-differs',
  'parent-time-differs',
];
/** Rules that need files beside the image, or a host that keeps it in a special way; chain-rules.test.ts, check-image.test.ts, host-file-attributes.test.ts and parent-evidence.test.ts produce them. */
export const TESTED_FILE_CODES: readonly string[] = [
  'chain-loop',
  'change-interrupted',
  'check-rule-failed',
  'host-file-attributes',
  'merge-in-progress',
  'parent-found-by-id',
];
