// @ts-check
// Whole processes, timed in turn: ours, the peer, ours, the peer … so that a busy machine slows both alike.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** One command line; `sh` where it is text. @typedef {string | readonly string[]} Command */

/**
 * @param {Command} command
 * @returns {{ ms: number, stdout: string }}
 */
export function runTimed(command) {
  const [program = '', ...args] = typeof command === 'string' ? ['sh', '-ec', command] : command;
  const started = performance.now();
  const outcome = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const ms = performance.now() - started;
  if (outcome.error) throw outcome.error;
  if (outcome.status !== 0)
    throw new Error(`${program} ${args.join(' ')} gave ${outcome.status}: ${outcome.stderr}`);
  return { ms, stdout: outcome.stdout };
}

/** @param {readonly number[]} values @returns {number} */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * Runs both in turn and gives the medians. `before` runs, untimed, ahead of every timed process.
 * @param {{ ours: Command, peer: Command, before: () => void, rounds: number }} pair
 * @returns {{ oursMs: number, peerMs: number, ratio: number, rounds: number }}
 */
export function measurePair({ ours, peer, before, rounds }) {
  const times = { ours: /** @type {number[]} */ ([]), peer: /** @type {number[]} */ ([]) };
  for (let round = 0; round < rounds; round += 1) {
    // who goes first alternates, so that neither always finds the caches the other left
    const order = /** @type {('ours' | 'peer')[]} */ (round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours']);
    for (const who of order) {
      before();
      times[who].push(runTimed(who === 'ours' ? ours : peer).ms);
    }
  }
  const [oursMs, peerMs] = [median(times.ours), median(times.peer)];
  return { oursMs, peerMs, ratio: oursMs / peerMs, rounds };
}
