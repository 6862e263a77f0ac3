import { chmodSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

// Everything that runs in Node: `vite build -c vite.node.config.ts` makes out/main,
// the same with `--mode preload` makes out/preload.

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const external = ['electron', 'fs-native-extensions', 'koffi', ...builtinModules, /^node:/];

/** The file that package.json names in `bin` must be runnable as it lies there, too. */
const executableCli: Plugin = {
  name: 'platter-executable-cli',
  writeBundle(options, bundle) {
    if ('cli.cjs' in bundle && options.dir !== undefined) chmodSync(join(options.dir, 'cli.cjs'), 0o755);
  },
};

/**
 * One CommonJS build. Chunks lie beside the entries on purpose: `new Worker(join(__dirname, 'worker.cjs'))`
 * may land in a shared chunk, and `__dirname` is then the chunk's folder.
 */
function node(outDir: string, input: Record<string, string>): UserConfig {
  return {
    publicDir: false,
    plugins: [executableCli],
    // Bundle what is not native, so that the program ships two packages instead of a tree.
    ssr: { noExternal: true },
    build: {
      ssr: true,
      // Lowers syntax only, never library calls (Electron 22 runs Node 16).
      target: 'node16',
      outDir: at(outDir),
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input,
        external,
        // Our modules do nothing by being loaded, so a verb's chunk carries only the parts of the engine that it uses.
        treeshake: { moduleSideEffects: false },
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: '[name]-[hash].cjs',
          banner: (chunk) => (chunk.isEntry && chunk.name === 'cli' ? '#!/usr/bin/env node' : ''),
        },
      },
    },
  };
}

export default defineConfig(({ mode }) =>
  mode === 'preload'
    ? // A build of its own: the sandboxed preload can require neither files nor node: modules.
      node('out/preload', { preload: at('src-main/hosts/electron/preload.ts') })
    : node('out/main', {
        index: at('src-main/hosts/electron/main.ts'),
        worker: at('src-main/jobs/worker.ts'),
        cli: at('src-main/cli/main.ts'),
      }),
);
