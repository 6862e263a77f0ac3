/** Unix time of the VHD epoch, 2000-01-01T00:00:00Z, in seconds. */
export const VHD_EPOCH_UNIX_SECONDS = 946_684_800;
/** Largest timestamp; it stands for 2136-02-07T06:28:15Z. */
export const MAX_TIMESTAMP_SECONDS = 0xffff_ffff;

/** A timestamp of the format (seconds since the VHD epoch) as a date. */
export function timestampToDate(timestampSeconds: number): Date {
  return new Date((timestampSeconds + VHD_EPOCH_UNIX_SECONDS) * 1000);
}

/** A timestamp of the format as ISO 8601 UTC to the second: `2026-11-22T08:01:32Z`. */
export function formatTimestamp(timestampSeconds: number): string {
  return timestampToDate(timestampSeconds).toISOString().replace('.000Z', 'Z');
}

/** Whole seconds since the VHD epoch for a date, or null before 2000 and after 2136-02-07T06:28:15Z. */
export function timestampFromDate(date: Date): number | null {
  const seconds = Math.floor(date.getTime() / 1000) - VHD_EPOCH_UNIX_SECONDS;
  return seconds >= 0 && seconds <= MAX_TIMESTAMP_SECONDS ? seconds : null;
}

/** The timestamp for ISO 8601 text with its time zone (a date alone is UTC midnight), or null when it is none. */
export function parseTimestamp(text: string): number | null {
  const trimmed = text.trim();
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i.test(trimmed)) return null;
  const date = new Date(trimmed);
  // Some engines roll 31 February over into March.
  const dayOfMonth = Number(trimmed.slice(8, 10));
  if (dayOfMonth > daysInMonth(Number(trimmed.slice(0, 4)), Number(trimmed.slice(5, 7)))) return null;
  return Number.isNaN(date.getTime()) ? null : timestampFromDate(date);
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
