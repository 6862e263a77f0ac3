import fs from 'node:fs/promises';
import path from 'node:path';
import type { JournalContents } from '../../repair/journal';
import { inFlightPath } from '../../repair/journal-names';
import type { CheckEnvironment } from '../context';
import type { Rule } from '../rule';

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
  const { isPending, readJournal } = await import('../../repair/journal');
  const journal = await readJournal(journalPath).catch(() => null);
  if (journal && !isPending(journal)) return null;
  return { name: path.basename(journalPath), journal };
}

export const changeInterrupted: Rule = {
  code: 'change-interrupted',
  severity: 'error',
  area: 'file',
  level: 'quick',
  title: 'A change of this image is not finished',
  explanation:
    'Platter is changing the image at this moment, or its process ended in the middle. The undo journal beside the image holds every byte that was replaced so far; the image itself may be half changed, and what else is found may come from that.',
  hint: 'Where nothing is running any more: roll the change back with "platter undo FILE", or finish an interrupted repair with "platter undo FILE --finish". Until then Platter writes nothing else to it.',
  source: 'Platter: undo journal',
  repair: 'none',
  run: async ({ file, environment }) => {
    if (environment.ownChange) return null;
    const found = await findInterrupted(file.path, environment.mayOpen);
    if (!found) return null;
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
