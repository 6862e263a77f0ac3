// @ts-check
// `npm test`: brings what the suites need, runs them all and counts.
//   --only unit,e2e   some of: build lint typecheck unit component e2e desktop package
//   anything else is handed to the test runners (a file, -t NAME …)
// PLATTER_SKIP_IS_FAILURE=1 makes a skipped test a reason to fail.
// The last line is `N passed, N failed`, and `, N skipped` where something was.

import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { provideElectron } from './electron.mjs';
import { isBuildStale } from './freshness.mjs';
import { runLogged, stopChildrenOnExit } from './processes.mjs';
import { allSuites, LOGS, verdict } from './test-suites.mjs';
import { provideTools, startScreen } from './test-tools.mjs';

/** @typedef {import('./test-suites.mjs').Suite} Suite */
/** @typedef {{ suite: Suite, passed: number, failed: number, skipped: string[], seconds: number }} Result */

const SUITE_LIMIT_MS = 30 * 60_000;
const FAILURE_TAIL_LINES = 120;

/** Two lanes: what computes, and what mostly waits for a browser. One after the other within a lane. */
const BROWSER_LANE = ['e2e', 'desktop', 'package'];

/** What still says something without a built program. */
const SOURCE_SUITES = ['lint', 'typecheck'];

const say = (/** @type {string} */ line) => console.log(line);

/** @param {string[]} argv */
function parseArguments(argv) {
  const rest = [...argv];
  const at = rest.indexOf('--only');
  const only = at < 0 ? undefined : (rest.splice(at, 2)[1] ?? '').split(',');
  const known = allSuites([]).map((suite) => suite.name);
  const wrong = only?.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`no suite "${wrong}"; there are ${known.join(', ')}`);
  return { only, rest };
}

/**
 * @param {Suite} suite
 * @param {string | undefined} skipReason
 * @param {Record<string, string>} env
 * @returns {Promise<Result>}
 */
async function runSuite(suite, skipReason, env) {
  const startedAt = Date.now();
  const seconds = () => (Date.now() - startedAt) / 1000;
  if (skipReason !== undefined) {
    return { suite, passed: 0, failed: 0, skipped: [`all of ${suite.name}: ${skipReason}`], seconds: 0 };
  }
  let code = 0;
  let log = '';
  await rm(join(LOGS, `${suite.name}.json`), { force: true });
  for (const [index, command] of suite.commands.entries()) {
    log = join(LOGS, suite.commands.length === 1 ? `${suite.name}.log` : `${suite.name}-${index + 1}.log`);
    ({ code } = await runLogged(command, { log, env: { ...env, ...suite.env }, limitMs: SUITE_LIMIT_MS }));
    if (code !== 0) break;
  }
  const count = countOf(suite, code);
  const result = { suite, ...count, seconds: seconds() };
  say(`${count.failed > 0 ? '✗' : '✓'} ${describe(result)}`);
  if (count.failed > 0) say(tailOf(log));
  return result;
}

/**
 * @param {Suite} suite
 * @param {number} code
 */
function countOf(suite, code) {
  try {
    const count = suite.count(code);
    // Something outside the tests went wrong: an error nobody caught, a runner that broke down.
    return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}

/** @param {string} log */
function tailOf(log) {
  if (!existsSync(log)) return '';
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  return lines
    .slice(-FAILURE_TAIL_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** @param {Result} result */
function describe({ suite, passed, failed, skipped, seconds }) {
  const counts = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
  return `${suite.name.padEnd(10)} ${counts.padEnd(36)} ${seconds.toFixed(1).padStart(6)} s`;
}

/**
 * @param {Suite[]} suites
 * @returns {Promise<Result[]>}
 */
async function runAll(suites) {
  const wants = (/** @type {'chromium' | 'electron'} */ need) =>
    suites.some((suite) => suite.needs.includes(need));
  for (const line of provideTools(say)) say(`missing: ${line}`);
  const electron = wants('electron') ? await provideElectron(say) : undefined;
  if (electron && 'runtime' in electron)
    say(`Electron ${electron.runtime.version} (${electron.runtime.source})`);
  const screen = wants('electron') ? await startScreen() : undefined;

  /** @type {Record<string, string>} */
  const env = { NO_COLOR: '1', CI: process.env['CI'] ?? 'true' };
  if (screen !== undefined) env['DISPLAY'] = screen.display;
  const skipReason = (/** @type {Suite} */ suite) => {
    if (suite.needs.includes('chromium') && findChromium() === undefined)
      return 'no Chromium on this machine';
    if (!suite.needs.includes('electron') || electron === undefined) return undefined;
    if ('reason' in electron) return electron.reason;
    const display =
      screen !== undefined || process.env['DISPLAY'] !== undefined || process.platform !== 'linux';
    return display ? undefined : 'no display, and no Xvfb to make one';
  };

  const lane = async (/** @type {Suite[]} */ ofLane) => {
    const results = [];
    for (const suite of ofLane) results.push(await runSuite(suite, skipReason(suite), env));
    return results;
  };
  try {
    const build = suites.filter((suite) => suite.name === 'build');
    const built = await lane(build);
    const rest = suites.filter((suite) => suite.name !== 'build');
    if (built.some((result) => result.failed > 0)) {
      say('The build failed: only what reads the sources is run.');
      return [...built, ...(await lane(rest.filter((suite) => SOURCE_SUITES.includes(suite.name))))];
    }
    const lanes = await Promise.all([
      lane(rest.filter((suite) => !BROWSER_LANE.includes(suite.name))),
      lane(rest.filter((suite) => BROWSER_LANE.includes(suite.name))),
    ]);
    return [...built, ...lanes.flat()];
  } finally {
    screen?.stop();
  }
}

stopChildrenOnExit();
const { only, rest } = parseArguments(process.argv.slice(2));
const wanted = allSuites(rest).filter((suite) =>
  only === undefined ? true : only.includes(suite.name) || (suite.name === 'build' && isBuildStale()),
);
const results = await runAll(wanted);

say('');
for (const result of results) say(describe(result));
const skippedNames = results.flatMap((result) =>
  result.skipped.map((name) => `${result.suite.name}: ${name}`),
);
if (skippedNames.length > 0) say(`\nskipped:\n${skippedNames.map((name) => `  ${name}`).join('\n')}`);
const { lastLine, exitCode } = verdict(results, process.env['PLATTER_SKIP_IS_FAILURE'] === '1');
say(`\n${lastLine}`);
process.exitCode = exitCode;
