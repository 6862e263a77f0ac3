// @ts-check
// The suites of `npm test`: how each is run and how its result is counted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './processes.mjs';

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped names
 */

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[][]} commands one after the other; all must succeed
 * @property {Array<'chromium' | 'electron'>} needs
 * @property {(code: number) => Count} count
 * @property {Record<string, string>} env
 */

export const LOGS = join(ROOT, 'test-results', 'logs');

const tool = (/** @type {string} */ path) => [process.execPath, join(ROOT, 'node_modules', path)];
const vite = tool('vite/bin/vite.js');

/** @param {string} name */
const report = (name) => join(LOGS, `${name}.json`);

/**
 * One step that either works or does not.
 * @param {string} name
 * @param {string[][]} commands
 * @returns {Suite}
 */
const step = (name, ...commands) => ({
  name,
  commands,
  needs: [],
  env: {},
  count: (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] }),
});

/**
 * @param {string} name
 * @param {string} project of vitest.config.ts
 * @param {string[]} args
 * @param {Suite['needs']} needs
 * @returns {Suite}
 */
const vitest = (name, project, args, needs) => ({
  name,
  commands: [
    [
      ...tool('vitest/vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report(name)}`,
      ...args,
    ],
  ],
  needs,
  env: {},
  count: () => countVitest(JSON.parse(readFileSync(report(name), 'utf8'))),
});

/**
 * @param {string} name
 * @param {string[]} args
 * @param {Suite['needs']} needs
 * @returns {Suite}
 */
const playwright = (name, args, needs) => ({
  name,
  commands: [
    [...tool('@playwright/test/cli.js'), 'test', `--project=${name}`, '--reporter=list,json', ...args],
  ],
  needs,
  env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report(name) },
  count: () => countPlaywright(JSON.parse(readFileSync(report(name), 'utf8'))),
});

/**
 * @param {string[]} args handed to the test runners
 * @returns {Suite[]} in the order of the table; `build` comes before all others
 */
export function allSuites(args) {
  return [
    step(
      'build',
      [...vite, 'build'],
      [...vite, 'build', '-c', 'vite.node.config.ts'],
      [...vite, 'build', '-c', 'vite.node.config.ts', '--mode', 'preload'],
    ),
    step(
      'lint',
      [...tool('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
      [...tool('prettier/bin/prettier.cjs'), '--check', '.'],
      [...tool('dependency-cruiser/bin/dependency-cruise.mjs'), 'src-shared', 'src-main', 'src-renderer'],
    ),
    step(
      'typecheck',
      [...tool('vue-tsc/bin/vue-tsc.js'), '-p', 'tsconfig.json', '--pretty', 'false'],
      [...tool('typescript/bin/tsc'), '-p', 'tsconfig.shared.json', '--pretty', 'false'],
    ),
    vitest('unit', 'node', args, []),
    vitest('component', 'browser', args, ['chromium']),
    playwright('e2e', args, ['chromium']),
    playwright('desktop', args, ['electron']),
    vitest('package', 'package', args, ['electron']),
  ];
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, success: boolean,
 *   testResults: { name: string, status: string, assertionResults: { fullName: string, status: string }[] }[] }} json
 * @returns {Count}
 */
export function countVitest(json) {
  const skipped = json.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status !== 'passed' && test.status !== 'failed')
      .map((test) => test.fullName),
  );
  // A file that cannot even be loaded has no tests to count.
  const broken = json.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  return { passed: json.numPassedTests, failed: json.numFailedTests + broken, skipped };
}

/**
 * @typedef {{ title: string, suites?: PlaywrightNode[], specs?: { title: string, tests: { status: string }[] }[] }} PlaywrightNode
 */

/**
 * @param {{ stats: { expected: number, unexpected: number, flaky: number }, suites: PlaywrightNode[], errors: unknown[] }} json
 * @returns {Count}
 */
export function countPlaywright(json) {
  /** @type {(node: PlaywrightNode) => string[]} */
  const walk = (node) => [
    ...(node.specs ?? [])
      .filter((spec) => spec.tests.some((test) => test.status === 'skipped'))
      .map((spec) => `${node.title} > ${spec.title}`),
    ...(node.suites ?? []).flatMap(walk),
  ];
  const { expected, unexpected, flaky } = json.stats;
  // Errors outside of any test: a file that cannot be loaded, "no tests found".
  return {
    passed: expected,
    failed: unexpected + flaky + json.errors.length,
    skipped: json.suites.flatMap(walk),
  };
}

/**
 * What the whole run comes to.
 * @param {Count[]} counts
 * @param {boolean} skipIsFailure
 * @returns {{ lastLine: string, exitCode: number }}
 */
export function verdict(counts, skipIsFailure) {
  const passed = counts.reduce((total, count) => total + count.passed, 0);
  const failed = counts.reduce((total, count) => total + count.failed, 0);
  const skipped = counts.reduce((total, count) => total + count.skipped.length, 0);
  const lastLine = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  // A run in which nothing passed has tested nothing.
  const isGood = failed === 0 && passed > 0 && !(skipIsFailure && skipped > 0);
  return { lastLine, exitCode: isGood ? 0 : 1 };
}
