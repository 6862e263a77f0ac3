import { afterAll, beforeAll } from 'vitest';
import { bundleEngine } from './bundle-engine';
import { makeTempFolder, removeTempFolder } from './temp';

/** The worker that jobs run in, bundled for the tests of a file. @returns what tells its path. */
export function useBundledWorker(): () => string {
  let folder = '';
  let workerPath = '';
  beforeAll(async () => {
    folder = makeTempFolder('worker');
    workerPath = await bundleEngine('src-main/jobs/worker.ts', folder);
  });
  afterAll(() => removeTempFolder(folder));
  return () => workerPath;
}
