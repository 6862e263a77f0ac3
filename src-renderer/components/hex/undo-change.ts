import { api } from '../../api';
import { t } from '../../i18n';
import { useErrors } from '../../stores/errors';
import { useImages } from '../../stores/images';
import { notify } from '../../ui';

/** Takes a change back by its journal, and reads the image anew. What goes wrong is shown. */
export async function undoChange(fileId: string, journalPath: string): Promise<void> {
  await useErrors().guard(async () => {
    const { journals } = await api().call('undo.list', {});
    const journal = journals.find((one) => one.journalPath === journalPath);
    if (!journal) {
      notify('error', t('inspect.edit.noUndo'));
      return;
    }
    const { imagePath } = await api().call('undo.apply', { journalId: journal.id });
    notify('ok', t('history.undone', { image: imagePath }));
    await useImages().load(fileId);
  });
}
