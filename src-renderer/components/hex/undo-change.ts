import { undoByJournal } from '../../api/undo-by-journal';
import { t } from '../../i18n';
import { useErrors } from '../../stores/errors';
import { useImages } from '../../stores/images';
import { notify } from '../../ui';

/** Takes a change back by its journal, and reads the image anew. What goes wrong is shown. */
export async function undoChange(fileId: string, journalPath: string): Promise<void> {
  await useErrors().guard(async () => {
    const { imagePath } = await undoByJournal(journalPath);
    notify('ok', t('history.undone', { image: imagePath }));
    await useImages().load(fileId);
  });
}
