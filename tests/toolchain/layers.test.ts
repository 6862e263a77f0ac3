import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantTree, runTool, type PlantedTree } from './planted-tree';

/** Files that keep the rules: what a forbidden import leads to, and every allowed direction once. */
const SOUND: Readonly<Record<string, string>> = {
  'src-shared/vhd/size.ts': 'export const SECTOR_BYTES = 512;\n',
  'src-shared/ipc/contract.ts':
    "import { number } from 'valibot';\nimport { SECTOR_BYTES } from '../vhd/size';\nexport const contract = { number, SECTOR_BYTES };\n",
  'src-main/engine/io/node-file.ts':
    "import { open } from 'node:fs/promises';\nexport const openFile = open;\n",
  'src-main/engine/format/footer.ts':
    "import { openFile } from '../io/node-file';\nexport const footer = openFile;\n",
  'src-main/engine/disk/open.ts': "import { footer } from '../format/footer';\nexport const disk = footer;\n",
  'src-main/engine/chain/locate.ts': "import { disk } from '../disk/open';\nexport const locate = disk;\n",
  'src-main/engine/ops/create.ts':
    "import { locate } from '../chain/locate';\nexport const create = locate;\n",
  'src-main/engine/index.ts': "export { create } from './ops/create';\n",
  'src-main/jobs/queue.ts': "import { create } from '../engine/index';\nexport const queue = create;\n",
  'src-main/services/create.ts':
    "import { queue } from '../jobs/queue';\nexport const createService = queue;\n",
  'src-main/ipc/handlers.ts':
    "import { contract } from '../../src-shared/ipc/contract';\nimport { createService } from '../services/create';\nexport const handlers = { contract, createService };\n",
  'src-main/hosts/electron/main.ts':
    "import { app } from 'electron';\nimport { handlers } from '../../ipc/handlers';\nexport const main = { app, handlers };\n",
  'src-main/hosts/web/server.ts':
    "import { handlers } from '../../ipc/handlers';\nexport const server = handlers;\n",
  'src-main/cli/main.ts':
    "import { createService } from '../services/create';\nexport const main = [createService, () => import('../hosts/web/server')];\n",
  'src-renderer/main.ts':
    "import { createApp } from 'vue';\nimport { SECTOR_BYTES } from '../src-shared/vhd/size';\nimport App from './app.vue';\nexport const shown = [createApp, App, SECTOR_BYTES];\n",
  'src-renderer/app.vue':
    '<script setup lang="ts">\nimport { ref } from \'vue\';\nconst n = ref(1);\n</script>\n\n<template><p>{{ n }}</p></template>\n',
};

/** A planted file, its text, and the rule that must object. */
const FORBIDDEN: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['src-renderer/a.ts', "import '../src-main/services/create';\n", 'renderer-knows-no-main'],
  [
    'src-renderer/b.ts',
    "export const b = () => import('../src-main/engine/index');\n",
    'renderer-knows-no-main',
  ],
  [
    'src-renderer/c.vue',
    '<script setup lang="ts">\nimport \'../src-main/engine/index\';\n</script>\n\n<template><p /></template>\n',
    'renderer-knows-no-main',
  ],
  [
    'src-renderer/d.ts',
    "import type { queue } from '../src-main/jobs/queue';\nexport type Q = typeof queue;\n",
    'renderer-knows-no-main',
  ],
  ['src-renderer/e.ts', "import 'node:fs';\n", 'renderer-has-no-node'],
  ['src-renderer/f.ts', "import 'electron';\n", 'electron-only-in-its-host'],
  ['src-shared/a.ts', "import 'node:path';\n", 'shared-has-no-node'],
  ['src-shared/b.ts', "import 'vue';\n", 'shared-packages'],
  ['src-shared/c.ts', "import '../src-main/engine/index';\n", 'shared-stands-alone'],
  ['src-shared/vhd/d.ts', "import 'valibot';\n", 'valibot-only-in-the-contract'],
  ['src-main/engine/ops/a.ts', "import '../../services/create';\n", 'engine-stands-alone'],
  ['src-main/engine/ops/b.ts', "import 'electron';\n", 'electron-only-in-its-host'],
  ['src-main/engine/io/c.ts', "import '../format/footer';\n", 'engine-io-looks-down'],
  ['src-main/engine/format/d.ts', "import '../disk/open';\n", 'engine-format-looks-down'],
  ['src-main/engine/disk/e.ts', "import '../chain/locate';\n", 'engine-disk-looks-down'],
  ['src-main/engine/chain/f.ts', "import '../ops/create';\n", 'engine-chain-looks-down'],
  ['src-main/jobs/a.ts', "import '../services/create';\n", 'jobs-look-down'],
  ['src-main/services/a.ts', "import '../engine/io/node-file';\n", 'engine-has-one-door'],
  ['src-main/services/b.ts', "import '../ipc/handlers';\n", 'services-look-down'],
  ['src-main/services/c.ts', "export const c = require('electron');\n", 'electron-only-in-its-host'],
  ['src-main/ipc/a.ts', "import '../hosts/web/server';\n", 'ipc-looks-down'],
  ['src-main/hosts/web/a.ts', "import '../electron/main';\n", 'hosts-do-not-know-each-other'],
  ['src-main/hosts/web/b.ts', "import 'vue';\n", 'main-has-no-interface-library'],
  ['src-main/cli/a.ts', "import 'valibot';\n", 'cli-validates-nothing-by-contract'],
  ['src-main/cli/b.ts', "import '../hosts/electron/main';\n", 'cli-knows-one-host'],
  ['src-main/cli/c.ts', "import './nowhere';\n", 'resolvable'],
  ['src-main/cli/d.ts', "import './e';\nexport const d = 1;\n", 'no-cycles'],
];

/** A cycle is reported once, at the file it is met first. */
const CYCLE_PARTNER = { 'src-main/cli/e.ts': "import './d';\nexport const e = 1;\n" };

interface Violation {
  from: string;
  rule: { name: string; severity: string };
}

async function cruise(tree: PlantedTree): Promise<{ code: number; violations: Violation[] }> {
  const script = 'dependency-cruiser/bin/dependency-cruise.mjs';
  const folders = ['src-shared', 'src-main', 'src-renderer'];
  // The JSON reporter always leaves with 0; the default one, which npm run lint uses, leaves with the count.
  const { stdout } = await runTool(tree, script, [...folders, '--output-type', 'json']);
  const { code } = await runTool(tree, script, folders);
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
  return { code, violations: summary.violations.filter((violation) => violation.rule.severity === 'error') };
}

describe('imports that go one way', () => {
  let tree: PlantedTree;
  let violations: Violation[];
  let code: number;

  beforeAll(async () => {
    const planted = Object.fromEntries(FORBIDDEN.map(([file, text]) => [file, text]));
    tree = await plantTree({ ...SOUND, ...planted, ...CYCLE_PARTNER });
    ({ code, violations } = await cruise(tree));
  });
  afterAll(() => tree.remove());

  test.each(FORBIDDEN.map(([file, , rule]) => [file, rule] as const))('%s breaks %s', (file, rule) => {
    const rules = violations.filter((violation) => violation.from === file).map(({ rule: { name } }) => name);
    expect(rules).toContain(rule);
  });

  test('the lint fails when there is a forbidden import', () => {
    expect(code).toBeGreaterThan(0);
  });

  test('no file that keeps the rules is named', () => {
    const accused = new Set(violations.map((violation) => violation.from));
    expect(Object.keys(SOUND).filter((file) => accused.has(file))).toEqual([]);
  });
});

test('every allowed direction passes', async () => {
  const tree = await plantTree(SOUND);
  try {
    expect(await cruise(tree)).toEqual({ code: 0, violations: [] });
  } finally {
    await tree.remove();
  }
});

describe('the second line, in the editor', () => {
  const SEEN: readonly (readonly [file: string, text: string, rule: string])[] = [
    ['src-shared/a.ts', "import 'node:path';\n", 'no-restricted-imports'],
    ['src-shared/b.ts', "import 'fs';\n", 'no-restricted-imports'],
    ['src-renderer/c.ts', "import 'electron';\n", 'no-restricted-imports'],
    ['src-main/services/d.ts', "import 'electron';\n", 'no-restricted-imports'],
    ['src-main/cli/e.ts', "import 'valibot';\n", 'no-restricted-imports'],
    ['src-main/jobs/f.ts', 'export default 1;\n', 'no-restricted-syntax'],
    ['src-main/jobs/g.ts', 'export const g = 1;\n'.padEnd(420 * 8, '\nvoid 0;'), 'max-lines'],
    ['src-main/jobs/h.ts', 'async function h() {}\nh();\n', '@typescript-eslint/no-floating-promises'],
    ['src-main/jobs/i.ts', 'export const i: any = 1;\n', '@typescript-eslint/no-explicit-any'],
    [
      'src-renderer/j.vue',
      '<template>\n  <p style="color: red">x</p>\n</template>\n',
      'vue/no-static-inline-styles',
    ],
  ];
  let reported: Map<string, string[]>;
  let code: number;
  let tree: PlantedTree;

  beforeAll(async () => {
    tree = await plantTree({ ...SOUND, ...Object.fromEntries(SEEN.map(([file, text]) => [file, text])) });
    const outcome = await runTool(tree, 'eslint/bin/eslint.js', ['.', '--format', 'json']);
    ({ code } = outcome);
    const files = JSON.parse(outcome.stdout) as { filePath: string; messages: { ruleId: string | null }[] }[];
    reported = new Map(
      files.map(({ filePath, messages }) => [
        filePath.slice(tree.folder.length + 1).replaceAll('\\', '/'),
        messages.map(({ ruleId }) => ruleId ?? 'parse error'),
      ]),
    );
  });
  afterAll(() => tree.remove());

  test.each(SEEN.map(([file, , rule]) => [file, rule] as const))('%s breaks %s', (file, rule) => {
    expect(reported.get(file)).toContain(rule);
  });

  test('and fails', () => {
    expect(code).toBe(1);
  });

  test('and says nothing about files that keep the rules', () => {
    expect(Object.keys(SOUND).filter((file) => (reported.get(file) ?? []).length > 0)).toEqual([]);
  });
});
