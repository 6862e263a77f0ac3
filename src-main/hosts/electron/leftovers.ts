import { dialog, type BrowserWindow } from 'electron';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { Leftovers } from '../../services/jobs/leftovers';

/** Asks once what is to become of the unfinished files of a run that was killed. */
export async function offerLeftovers(leftovers: Leftovers, window: BrowserWindow | null): Promise<void> {
  const found = await leftovers.find();
  if (found.length === 0) return;
  const options = {
    type: 'question' as const,
    title: 'Platter',
    message:
      found.length === 1
        ? 'Platter was ended in the middle of making a file.'
        : `Platter was ended in the middle of making ${found.length} files.`,
    detail: [
      'What is left is unfinished and of no use; no other file was changed by it.',
      ...found.map(({ path, sizeBytes }) => `${path} (${formatSizeBoth(sizeBytes)})`),
    ].join('\n\n'),
    buttons: ['Remove', 'Keep'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  await leftovers.settle(response === 0 ? found : []);
}
