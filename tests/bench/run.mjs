// @ts-check
// `npm run bench [-- --rounds 5 --scale 1 --only TEXT --folder DIR --cli FILE --no-report]`; `--only renderer` measures
// the screen alone, in a real Chromium against the browser door.
// Platter and the peer in turn, as whole processes doing equal work; results checked, ratios and machine printed,
// the last result kept in docs/PERFORMANCE.md.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listCases } from './cases.mjs';
import { measureEngine } from './engine-cases.mjs';
import { makeDataSets } from './fixtures.mjs';
import { measurePair, runTimed } from './measure.mjs';
import { measureRenderer, reportBundle } from './renderer-cases.mjs';
import { writeReport, writeScreenReport } from './report.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    folder: { type: 'string' },
    cli: { type: 'string', default: path.join(root, 'out/main/cli.cjs') },
    'no-report': { type: 'boolean', default: false },
  },
});

if (!fs.existsSync(options.cli)) fail('The program is not built yet: run "npm run build" first.');
for (const tool of ['qemu-img', 'sha256sum', 'sync'])
  if (spawnSync(tool, ['--version']).error)
    fail(`"${tool}" is not installed; there is nothing to measure beside.`);

const folder = fs.mkdtempSync(path.join(options.folder ?? os.tmpdir(), 'platter-bench-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));

/** @type {import('./report.mjs').Row[]} */
const rows = [];
/** `--only renderer` needs no disks but its own and keeps its own part of the report. */
const onlyRenderer = options.only?.toLowerCase() === 'renderer';
console.log('Making disks …');
const dataSets = onlyRenderer ? [] : makeDataSets(folder, Number(options.scale));
/** @type {readonly string[]} */
const cli = [process.execPath, options.cli];
runTimed([...cli, 'create', path.join(folder, 'huge.vhd'), '--type', 'dynamic', '--size', '2040GiB']);

const isWanted = (/** @type {string} */ text) =>
  !options.only || text.toLowerCase().includes(options.only.toLowerCase());
for (const one of listCases({ cli, folder, dataSets, rounds: Number(options.rounds) })) {
  if (!isWanted(`${one.group}: ${one.name}`)) continue;
  const clean = () => {
    for (const output of one.outputs) fs.rmSync(output, { force: true });
  };
  const before = () => {
    clean();
    spawnSync('sync');
  };
  const memoryMib = memoryOf(one.ours, before);
  if (one.check) runTimed(one.check);
  const times = measurePair({ ours: one.ours, peer: one.peer, before, rounds: one.rounds });
  clean();
  const { group, name, peerName, goal } = one;
  addRow({ group, name, peerName, goal, ...times, memoryMib });
}
for (const row of await measureEngine({
  root,
  cli,
  folder,
  dataSets,
  rounds: Number(options.rounds),
  isWanted,
}))
  addRow(row);

if (!options.only || onlyRenderer) {
  const screenRows = await measureRenderer({ cli, folder, rounds: Number(options.rounds) });
  const bundle = reportBundle(path.join(path.dirname(options.cli), '../renderer'));
  for (const row of screenRows) printRow(row);
  console.log(bundle.join('\n'));
  if (!options['no-report'] && options.scale === '1')
    writeScreenReport(path.join(root, 'docs/PERFORMANCE.md'), screenRows, bundle, Number(options.rounds));
}

if (!options['no-report'] && !options.only && options.scale === '1') {
  const notes = [
    `Medians of at least ${options.rounds} runs of each, in turn, and of up to 31 where the work is short; memory is the most the process ever had resident.`,
  ];
  writeReport(path.join(root, 'docs/PERFORMANCE.md'), rows, notes);
}

/** @param {import('./report.mjs').Row} row */
function addRow(row) {
  rows.push(row);
  printRow(row);
}

/** @param {import('./report.mjs').Row} row */
function printRow(row) {
  const verdict =
    row.goal === null ? '' : row.ratio <= row.goal ? `  goal ${row.goal}` : `  goal ${row.goal} MISSED`;
  const memory = row.memoryMib === null ? '' : `  ${row.memoryMib} MiB`;
  console.log(
    `${`${row.group}: ${row.name}`.padEnd(62)} ${row.oursMs.toFixed(0).padStart(6)} ms  ${row.peerMs.toFixed(0).padStart(6)} ms  ${row.ratio.toFixed(2).padStart(6)}${verdict}${memory}`,
  );
}

/** One untimed run of ours with its memory watched; it also warms the caches. @param {import('./measure.mjs').Command} command @param {() => void} before */
function memoryOf(command, before) {
  if (typeof command === 'string') return null;
  before();
  const file = path.join(folder, 'memory');
  const [program = '', ...args] = command;
  const preload = ['-r', fileURLToPath(new URL('./report-memory.cjs', import.meta.url))];
  const outcome = spawnSync(program, [...preload, ...args], {
    env: { ...process.env, PLATTER_BENCH_MEMORY: file },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (outcome.status !== 0) throw new Error(`${args.join(' ')} gave ${outcome.status}: ${outcome.stderr}`);
  return Math.round(Number(fs.readFileSync(file, 'utf8')) / 1024);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
