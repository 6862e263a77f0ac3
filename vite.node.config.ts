import { chmodSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { makeCodeCache } from './build/scripts/code-cache.mjs';

// Everything that runs in Node: `vite build -c vite.node.config.ts` makes out/main,
// the same with `--mode preload` makes out/preload.

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const external = ['electron', 'fs-native-extensions', 'koffi', ...builtinModules, /^node:/];

/** The file that package.json names in `bin` must be runnable as it lies there, and starts from V8's code cache. */
const startableCli: Plugin = {
  name: 'platter-startable-cli',
  writeBundle(options, bundle) {
    if (!('cli.cjs' in bundle) || options.dir === undefined) return;
    chmodSync(join(options.dir, 'cli.cjs'), 0o755);
    if (!this.meta.watchMode) makeCodeCache(options.dir);
  },
};

type ModuleTest = (id: string) => boolean;
const inside = (place: string): ModuleTest => {
  const pattern = new RegExp(`[\\\\/]${place.replaceAll('/', '[\\\\/]')}`);
  return (id) => pattern.test(id);
};
const anyOf =
  (yes: readonly ModuleTest[], no: readonly ModuleTest[] = []): ModuleTest =>
  (id) =>
    yes.some((test) => test(id)) && !no.some((test) => test(id));

/** What only a verb needs that opens a disk for its content, or writes. */
const CONTENT = anyOf([
  inside('disk/(bitmap-cache|block-disk|block-writer|differencing-disk|dynamic-disk|fixed-disk|flat-disk)'),
  inside('disk/(gather|open-image|raw-disk|writable-disk|writable-image)'),
  inside('chain/(open-disk|open-writable|chain-report|find-children|parent-link|prove-chain)'),
  inside('io/(free-space|make-folder|open-for-writing|output-file|overlay-file)'),
  inside('cli/(reading|streams|text/result)'),
  inside('services/operations/equivalent-command'),
]);

/** Of the command line what nearly every verb needs. */
const COMMON_CLI = anyOf(
  [
    inside('src-main/cli/[a-z-]+\\.'),
    inside('src-main/cli/(verbs/index|text/(chain|findings|output|style))'),
  ],
  [inside('cli/(help|main|start|system-failure|thread|thread-io|version|words)\\.')],
);

const QUICK_RULES = anyOf(
  [inside('src-main/engine/check/')],
  [inside('src-main/engine/check/(readers|chain|content|deep|inspect|report|catalogue)')],
);

/** Of the chain's rules those that a quick check runs, too. */
const QUICK_CHAIN_RULES = inside(
  'src-main/engine/check/chain/(chain-loop|parent-found-by-id|problem-drafts)',
);

/**
 * Every file that a start has to find, read and compile costs more than what is in it. So what nearly every verb needs
 * lies in one chunk, what opens disks in a second, and the rules of a quick check in a third.
 */
const chunkGroups = [
  {
    name: 'core',
    test: anyOf(
      [
        COMMON_CLI,
        inside('src-shared/(vhd|errors)/'),
        inside('src-shared/model/(check-report|finding|settings)'),
        inside('src-main/engine/repair/journal-names'),
        inside('src-main/services/store/data-folder'),
        inside('src-main/engine/(io|format|disk|chain)/'),
      ],
      [CONTENT],
    ),
  },
  { name: 'content', test: CONTENT },
  {
    name: 'rules',
    test: anyOf([QUICK_RULES, QUICK_CHAIN_RULES]),
  },
].map((group, index) => ({ ...group, priority: 9 - index, includeDependenciesRecursively: false }));

/**
 * One CommonJS build. Chunks lie beside the entries on purpose: `new Worker(join(__dirname, 'worker.cjs'))`
 * may land in a shared chunk, and `__dirname` is then the chunk's folder.
 */
function node(outDir: string, input: Record<string, string>): UserConfig {
  return {
    publicDir: false,
    plugins: [startableCli],
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
          comments: false,
          // A module that came from V8's code cache has no import().
          dynamicImportInCjs: false,
          codeSplitting: { groups: chunkGroups },
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
        cli: at('src-main/cli/start.ts'),
        'cli-main': at('src-main/cli/main.ts'),
        'cli-thread': at('src-main/cli/thread.ts'),
      }),
);
