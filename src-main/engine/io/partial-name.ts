/** How a temporary output is named: `.<target>.<16 hex>.platter-part`. Left-overs of a killed run are known by it. */
export const PARTIAL_SUFFIX = '.platter-part';
/** Bytes that such a name has more than its target's, up to the most that a name may have. */
export const PARTIAL_EXTRA_BYTES = 2 + 16 + PARTIAL_SUFFIX.length;

/** What a name that our own outputs have was to become; of a long target it is only the beginning. Null for other names. */
export function targetOfPartial(name: string): string | null {
  if (!name.startsWith('.') || !name.endsWith(PARTIAL_SUFFIX)) return null;
  return /^(.+)\.[0-9a-f]{16}$/s.exec(name.slice(1, -PARTIAL_SUFFIX.length))?.[1] ?? null;
}
