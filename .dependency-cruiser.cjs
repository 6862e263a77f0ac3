'use strict';
// The one-way imports of ARCHITECTURE.md, as a check that fails the build:
//   renderer -> shared;  hosts, cli -> ipc, services -> jobs -> engine -> shared
//   inside the engine: ops, check, repair -> chain -> disk -> format -> io

const ENGINE = '^src-main/engine/';

/** Folders of the engine, lowest first: each may import itself and what stands before it. */
const ENGINE_LAYERS = [
  ['io'],
  ['format'],
  ['disk'],
  ['chain'],
  // What is inside a disk (partition tables) reads through a disk or a chain, and knows no verb.
  ['content'],
  ['ops', 'check', 'repair'],
];

/**
 * Files of the engine that the outside may import. Strict: only its index. Should the index cost the
 * command line start-up time, widen it here, for these callers alone.
 */
const ENGINE_DOOR = `${ENGINE}index\\.ts$`;

/** `names` may import nothing of `forbidden` (both are lists of folders or files below the root). */
const forbid = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: typeof from === 'string' ? { path: from } : from,
  to: typeof to === 'string' ? { path: to } : to,
});

const engineLayers = ENGINE_LAYERS.flatMap((folders, level) => {
  const above = ENGINE_LAYERS.slice(level + 1).flat();
  if (above.length === 0) return [];
  return [
    forbid(
      `engine-${folders.join('-')}-looks-down`,
      `${ENGINE}(${folders.join('|')})/`,
      `${ENGINE}(index\\.ts$|(${above.join('|')})/)`,
      `Inside the engine: ops, check, repair -> chain -> disk -> format -> io; ${folders} stands below.`,
    ),
  ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment: 'A package that package.json does not name comes and goes with somebody else.',
      severity: 'error',
      from: { path: '^(src-|tests/|build/)' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    forbid(
      'shared-stands-alone',
      '^src-shared/',
      { path: '^src-(main|renderer)/|^tests/|^build/' },
      'src-shared is the ground both sides stand on.',
    ),
    forbid(
      'shared-has-no-node',
      '^src-shared/',
      { dependencyTypes: ['core'] },
      'src-shared also runs in a browser page.',
    ),
    forbid(
      'shared-packages',
      '^src-shared/',
      { path: 'node_modules/', pathNot: 'node_modules/valibot/' },
      'src-shared uses valibot and itself.',
    ),
    forbid(
      'valibot-only-in-the-contract',
      { path: '^src-(shared|main|renderer)/', pathNot: '^src-shared/ipc/|^src-main/(ipc|services)/' },
      'node_modules/valibot/',
      'Validation happens at the contract (src-shared/ipc, src-main/ipc, src-main/services), nowhere else.',
    ),
    forbid(
      'renderer-knows-no-main',
      '^src-renderer/',
      '^src-main/|^tests/|^build/',
      'The renderer speaks to main through the contract; types both need live in src-shared.',
    ),
    forbid(
      'renderer-has-no-node',
      '^src-renderer/',
      { dependencyTypes: ['core'] },
      'The renderer is a web page.',
    ),
    forbid(
      'main-knows-no-renderer',
      '^src-main/',
      '^src-renderer/|^tests/|^build/',
      'Main serves the built renderer as files; it imports nothing of it.',
    ),
    forbid(
      'electron-only-in-its-host',
      { path: '^src-', pathNot: '^src-main/hosts/electron/' },
      { path: 'node_modules/electron/|^electron$' },
      'Everything else also runs without Electron.',
    ),
    forbid(
      'main-has-no-interface-library',
      '^src-main/',
      'node_modules/(vue|pinia|reka-ui|vue-i18n|vue-sonner|@vue|@lucide|@tanstack)/',
      'Interface libraries belong to the renderer.',
    ),
    forbid(
      'engine-stands-alone',
      ENGINE,
      { path: '^src-main/', pathNot: ENGINE },
      'The engine knows no jobs, services, hosts or verbs.',
    ),
    forbid(
      'engine-has-one-door',
      { path: '^src-main/', pathNot: ENGINE },
      { path: ENGINE, pathNot: ENGINE_DOOR },
      'From outside, only src-main/engine/index.ts.',
    ),
    ...engineLayers,
    forbid(
      'jobs-look-down',
      '^src-main/jobs/',
      '^src-main/(services|ipc|hosts|cli)/',
      'services -> jobs -> engine.',
    ),
    forbid(
      'services-look-down',
      '^src-main/services/',
      '^src-main/(ipc|hosts|cli)/',
      'ipc -> services -> jobs.',
    ),
    forbid('ipc-looks-down', '^src-main/ipc/', '^src-main/(hosts|cli)/', 'hosts, cli -> ipc, services.'),
    forbid(
      'hosts-do-not-know-each-other',
      { path: '^src-main/hosts/([^/]+)/' },
      { path: '^src-main/(hosts|cli)/', pathNot: '^src-main/hosts/$1/' },
      'Two doors share services, never each other.',
    ),
    forbid(
      'cli-knows-one-host',
      '^src-main/cli/',
      { path: '^src-main/hosts/', pathNot: '^src-main/hosts/web/' },
      'The command line opens the browser door (serve), never the desktop.',
    ),
    forbid(
      'cli-validates-nothing-by-contract',
      '^src-main/cli/',
      '^src-main/ipc/|^src-shared/ipc/|node_modules/valibot/',
      'The command line calls services directly and starts fast.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Without these pinia and vue-sonner/style.css count as unresolved.
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'style', 'default', 'types'],
    },
  },
};
