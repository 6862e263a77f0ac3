import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import { makeTempFolder, removeTempFolder } from './temp';

/**
 * Bundles one module of the engine for a process that a test starts, measures or kills.
 * @param entry its source, from the repository's root.
 * @returns the path of the CommonJS bundle, in `folder`.
 */
export async function bundleEngine(entry: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: path.resolve(entry),
      outDir: folder,
      minify: false,
      rolldownOptions: {
        external: ['fs-native-extensions', 'koffi', ...builtinModules, /^node:/],
        output: { format: 'cjs', entryFileNames: 'engine.cjs' },
      },
    },
  });
  // the native helpers are found from the repository
  fs.symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'dir');
  return path.join(folder, 'engine.cjs');
}

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
