import type { JournalSummary } from '../../../src-shared/model';
import { formatSize } from '../../../src-shared/vhd/format-size';
import type { TextOutput } from './output';

/** Changes shown of all images together: two screens full. */
const CHANGES_MAX = 40;

/**
 * The changes on record, newest first. Of one image all that is known; of all images a line each under the image's
 * name, as many as can be read. Those that were undone are counted only.
 */
export function printJournals(
  journals: readonly JournalSummary[],
  isOfOneImage: boolean,
  out: TextOutput,
): void {
  const left = journals.filter(({ state }) => state !== 'undone');
  const undoneCount = journals.length - left.length;
  if (journals.length === 0) out.line('No change is on record: there are no journals.');
  if (isOfOneImage) printInFull(left, out);
  else printByImage(left.slice(0, CHANGES_MAX), out);
  const olderCount = isOfOneImage ? 0 : Math.max(0, left.length - CHANGES_MAX);
  const notes = [
    ...(olderCount === 0
      ? []
      : [`${changes(olderCount, 'older ')} not shown: name the image to see its own.`]),
    ...(undoneCount === 0 ? [] : [`${changes(undoneCount)} undone already and not shown; --json has all.`]),
  ];
  if (notes.length > 0 && left.length > 0) out.line();
  for (const note of notes) out.paragraph(out.style.faint(note));
}

const changes = (count: number, kind = ''): string =>
  count === 1
    ? `1 ${kind}change ${kind === '' ? 'was' : 'is'}`
    : `${count} ${kind}changes ${kind === '' ? 'were' : 'are'}`;

function printByImage(journals: readonly JournalSummary[], out: TextOutput): void {
  const byImage = new Map<string, JournalSummary[]>();
  for (const journal of journals)
    byImage.set(journal.imagePath, [...(byImage.get(journal.imagePath) ?? []), journal]);
  let isFirst = true;
  for (const [imagePath, own] of byImage) {
    if (!isFirst) out.line();
    isFirst = false;
    out.heading(imagePath);
    const columns = ['', '', ''].map((title) => ({ title }));
    const rows = own.map((journal) => [
      dayAndTime(journal.createdAt),
      journal.title,
      shortState(journal, out),
    ]);
    out.table(columns, rows);
  }
}

/** `2026-11-23 10:00 UTC`: the second is in the full list. */
const dayAndTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

function shortState(journal: JournalSummary, { style }: TextOutput): string {
  if (journal.state === 'damaged') return style.bad('damaged journal');
  if (journal.state === 'inFlight') return style.warning('interrupted');
  if (journal.waits) return 'after a later one';
  if (!journal.usable) return style.faint('can no longer be undone');
  return journal.children ? style.warning('children would see it') : style.good('can be undone');
}

function printInFull(journals: readonly JournalSummary[], out: TextOutput): void {
  journals.forEach((journal, index) => {
    if (index > 0) out.line();
    out.line(`${out.style.strong(journal.title)}  ${out.style.faint(journal.createdAt)}`);
    out.facts([
      ['Image', journal.imagePath],
      ['Journal', journal.journalPath],
      ['Size', formatSize(journal.sizeBytes)],
      ['State', stateOf(journal, out)],
      ['Undo', undoOf(journal, out)],
    ]);
  });
}

function stateOf({ state, usable, finishable }: JournalSummary, { style }: TextOutput): string {
  if (state === 'damaged') return style.bad('damaged');
  if (state !== 'inFlight') return 'finished';
  const finish = finishable ? ', or finish it with --finish' : '';
  return style.warning(usable ? `interrupted: roll it back with "platter undo"${finish}` : 'interrupted');
}

function undoOf({ usable, waits, reason, children }: JournalSummary, { style }: TextOutput): string {
  if (waits) return `possible later: ${reason ?? ''}`;
  if (!usable) return `not possible: ${reason ?? 'unknown'}`;
  if (!children) return style.good('possible');
  const names = children.map((name) => `"${name}"`).join(', ');
  return style.warning(`only with --break-children: it would change what ${names} stands on`);
}
