import { basename } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { call } from './bridge';

/** Starts making a fixed disk of 2 GiB, byte by byte, where the system's dialog is made to answer `file`. */
export async function startLongJob(app: ElectronApplication, page: Page, file: string): Promise<string> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, file);
  const { target } = await call(page, 'files.saveDialog', { suggestedName: basename(file) });
  if (!target) throw new Error('no target');
  const { jobId } = await call(page, 'jobs.start', {
    operation: {
      verb: 'create',
      target: { folderId: target.folderId, name: target.name },
      type: 'fixed',
      sizeBytes: 2 * 1024 ** 3,
      allocate: 'full',
    },
  });
  return jobId;
}
