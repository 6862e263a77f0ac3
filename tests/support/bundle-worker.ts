import fs from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import { makeTempFolder, removeTempFolder } from './temp';

/** The worker that jobs run in, bundled as the build does it, for the tests of a file. @returns what tells its path. */
export function useBundledWorker(): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = makeTempFolder('worker');
    await bundleWorker(folder);
  });
  afterAll(() => removeTempFolder(folder));
  return () => path.join(folder, 'worker.cjs');
}

async function bundleWorker(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node16',
      outDir: folder,
      rolldownOptions: {
        input: { worker: path.resolve('src-main/jobs/worker.ts') },
        external: ['fs-native-extensions', 'koffi', /^node:/],
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  });
  // the native helpers are found from the repository
  fs.symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'dir');
}
