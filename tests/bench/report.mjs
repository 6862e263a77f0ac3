// @ts-check
// The last result, kept in docs/PERFORMANCE.md between two marks; what stands around them is written by people.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** @typedef {{ group: string, name: string, peerName: string, goal: number | null, oursMs: number, peerMs: number, ratio: number, memoryMib: number | null }} Row */

/** @param {string} file @param {readonly Row[]} rows @param {readonly string[]} notes */
export function writeReport(file, rows, notes) {
  writeBetween(file, START, END, [describeMachine(), tableOf(rows), notes.join('\n')].join('\n\n'));
}

const SCREEN_START = '<!-- bench-screen:start -->';
const SCREEN_END = '<!-- bench-screen:end -->';

/** @param {string} file @param {readonly Row[]} rows @param {readonly string[]} bundle @param {number} rounds */
export function writeScreenReport(file, rows, bundle, rounds) {
  const how = `Medians of ${rounds} visits of each image, each in a fresh page of a fresh server.`;
  writeBetween(
    file,
    SCREEN_START,
    SCREEN_END,
    ['## The screen', describeMachine(), tableOf(rows), how, bundle.join('\n')].join('\n\n'),
  );
}

/** @param {readonly Row[]} rows */
const tableOf = (rows) =>
  [
    '| work | ours | beside | | ratio | goal | memory |',
    '|---|---:|---|---:|---:|---:|---:|',
    ...rows.map(
      (row) =>
        `| ${row.group}: ${row.name} | ${formatMs(row.oursMs)} | ${row.peerName} | ${formatMs(row.peerMs)} | **${row.ratio.toFixed(2)}** | ${row.goal === null ? '' : `${row.goal.toFixed(1)}${row.ratio > row.goal ? ' missed' : ''}`} | ${row.memoryMib === null ? '' : `${row.memoryMib} MiB`} |`,
    ),
  ].join('\n');

/** @param {string} file @param {string} start @param {string} end @param {string} content */
function writeBetween(file, start, end, content) {
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : `# Performance\n\n${start}\n${end}\n`;
  const whole = text.includes(start) ? text : `${text.trimEnd()}\n\n${start}\n${end}\n`;
  const [head = '', rest = ''] = whole.split(start);
  const tail = rest.split(end)[1] ?? '\n';
  fs.writeFileSync(file, `${head}${start}\n\n${content}\n${end}${tail}`);
}

/** @param {number} ms */
const formatMs = (ms) => (ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`);

function describeMachine() {
  const first = (/** @type {string[]} */ command) =>
    spawnSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' })
      .stdout?.split('\n')[0]
      ?.trim() ?? '';
  const load = os.loadavg().map((one) => one.toFixed(1));
  return [
    `Measured ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC on ${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? 'CPU'},`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB of memory, ${os.type()} ${os.release()}, Node ${process.version}, ${first(['qemu-img', '--version'])}.`,
    `Load average at the end: ${load.join(', ')}.`,
  ].join(' ');
}
