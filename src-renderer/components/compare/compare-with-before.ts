import type { FileRef } from '../../../src-shared/model';
import { api } from '../../api';
import { t } from '../../i18n';
import { useDisks } from '../../stores/disks';
import { useErrors } from '../../stores/errors';
import { notify } from '../../ui';

/** Opens an image beside what it was before a change, which its journal names. What goes wrong is shown. */
export async function compareWithBefore(file: FileRef, journalPath: string): Promise<void> {
  await useErrors().guard(async () => {
    const { states } = await api().call('image.states', { fileId: file.id });
    const state = states.find((one) => one.journalPath === journalPath);
    if (state?.reason === null) useDisks().show(file, 'compare', { stateId: state.id });
    else
      notify(
        'error',
        state ? t('compare.states.refused', { reason: state.reason }) : t('compare.states.gone'),
      );
  });
}
