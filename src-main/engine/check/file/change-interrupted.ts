import fs from 'node:fs/promises';
import path from 'node:path';
import type { JournalContents } from '../../repair/journal-contents';
import { inFlightPath } from '../../repair/journal-names';
import { NULL_UUID } from '../../../../src-shared/vhd/uuid';
import { candidatePaths } from '../../chain/candidate-paths';
import { isAllowed } from '../../chain/may-open';
import type { MergeMark } from '../../repair/merge-mark';
import type { CheckContext, CheckEnvironment } from '../context';
import type { Drafts, FindingDraft, Rule } from '../rule';

const ROLL_BACK_ONLY =
  'Where nothing is running any more: roll the change back with "platter undo FILE". Until then Platter writes nothing else to it.';
const REMOVE_ONLY =
  'If the image is known to be as it should be, remove the journal with "platter undo --remove JOURNAL".';

/** The journal of a change that was begun and not finished, beside an image; its contents null where it cannot be read. */
export async function findInterrupted(
  imagePath: string,
  mayOpen?: CheckEnvironment['mayOpen'],
): Promise<{ readonly name: string; readonly journal: JournalContents | null } | null> {
  const journalPath = inFlightPath(await fs.realpath(imagePath).catch(() => imagePath));
  if (mayOpen && !(await mayOpen(journalPath))) return null;
  const stats = await fs.lstat(journalPath).catch(() => null);
  if (!stats?.isFile()) return null;
  // Hardly ever needed, and every look at an image comes by here.
  const { isPending } = await import('../../repair/journal-contents');
  const { readJournal } = await import('../../repair/journal-reader');
  const journal = await readJournal(journalPath).catch(() => null);
  if (journal && !isPending(journal)) return null;
  return { name: path.basename(journalPath), journal };
}

async function mergeMarkIn(journal: JournalContents | null): Promise<MergeMark | null> {
  if (journal?.begin.operation !== 'merge') return null;
  return (await import('../../repair/merge-mark')).mergeMarkOf(journal.begin);
}

/** A merge into this image that was begun and not finished. */
async function ownMerge(mark: MergeMark, journal: JournalContents, imagePath: string): Promise<FindingDraft> {
  const { mergeAdvice } = await import('../../repair/merge-mark');
  return {
    where: null,
    title: 'A merge into this image is not finished',
    detail: `The merge of "${mark.childPath}" into this image, begun at ${journal.begin.createdAt}, was not finished: it holds a part of what that image holds. The child is untouched and shows what it did.`,
    hint: mergeAdvice(mark, imagePath),
  };
}

/** What the mark beside its parent means for a child: nothing that it shows changes where it is what is merged. */
async function mergeIntoParent(context: CheckContext): Promise<FindingDraft | null> {
  if (context.metadata.type !== 'differencing') return null;
  const { environment, file, metadata } = context;
  const folder = path.dirname(file.path);
  for (const { path: stored } of await context.locators()) {
    for (const candidate of stored === null ? [] : candidatePaths(stored, folder)) {
      if (!(await isAllowed(candidate.path, environment.mayOpen))) continue;
      const journal = (await findInterrupted(candidate.path, environment.mayOpen))?.journal ?? null;
      const mark = await mergeMarkIn(journal);
      if (!mark || !journal || !isParent(journal, metadata)) continue;
      const { mergeAdvice } = await import('../../repair/merge-mark');
      const id = metadata.active?.fields.uniqueId ?? NULL_UUID;
      const isMerged = mark.layerIds.includes(id);
      return {
        where: null,
        severity: isMerged ? 'warning' : 'error',
        title: 'A merge into the parent of this image is not finished',
        detail: `The merge of "${mark.childPath}" into "${candidate.path}", begun at ${journal.begin.createdAt}, was not finished. ${isMerged ? 'This image shows what it did.' : 'What this image shows of that parent is mixed.'}`,
        hint: mergeAdvice(mark, candidate.path),
      };
    }
  }
  return null;
}

const isParent = ({ begin }: JournalContents, { header }: CheckContext['metadata']): boolean =>
  begin.uniqueId === null || begin.uniqueId === header?.fields.parentUniqueId;

export const changeInterrupted: Rule = {
  code: 'change-interrupted',
  severity: 'error',
  severities: ['error', 'warning'],
  area: 'file',
  level: 'quick',
  title: 'A change of this image is not finished',
  explanation:
    'Platter is changing the image at this moment, or its process ended in the middle. The undo journal beside the image holds every byte that was replaced so far; the image itself may be half changed, and what else is found may come from that.',
  hint: 'Where nothing is running any more: roll the change back with "platter undo FILE", or finish an interrupted repair with "platter undo FILE --finish". Until then Platter writes nothing else to it.',
  source: 'Platter: undo journal',
  repair: 'none',
  run: async (context): Promise<Drafts> => {
    const { file, environment } = context;
    if (environment.ownChange) return null;
    const found = await findInterrupted(file.path, environment.mayOpen);
    if (!found) return mergeIntoParent(context);
    const mark = await mergeMarkIn(found.journal);
    if (mark && found.journal) return ownMerge(mark, found.journal, file.path);
    const { name, journal } = found;
    return {
      where: null,
      detail: journal
        ? `"${name}" lies beside the image: "${journal.begin.title}", begun at ${journal.begin.createdAt}, was ${journal.undoing ? 'being undone' : 'not finished'}.`
        : `"${name}" lies beside the image and cannot be read, so that it is not known what was changed.`,
      ...(journal?.begin.operation === 'repair' ? {} : { hint: journal ? ROLL_BACK_ONLY : REMOVE_ONLY }),
    };
  },
};
