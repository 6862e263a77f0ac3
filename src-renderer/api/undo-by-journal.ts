import { AppError } from '../../src-shared/errors';
import type { UndoResult } from '../../src-shared/model';
import { t } from '../i18n';
import { api } from '.';

/** Takes back the change whose journal lies at a path. @throws AppError `nothing-to-undo` where it is on record no more. */
export async function undoByJournal(journalPath: string): Promise<UndoResult> {
  const { journals } = await api().call('undo.list', {});
  const journal = journals.find((one) => one.journalPath === journalPath);
  if (!journal) throw new AppError('nothing-to-undo', t('history.gone'));
  return api().call('undo.apply', { journalId: journal.id });
}
