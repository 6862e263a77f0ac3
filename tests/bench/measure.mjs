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

/** Work that is soon done is repeated until it has taken so long, ours and the peer's together, or so often. */
const SPENT_MS = 4000;
const ROUNDS_MAX = 31;

/**
 * Runs both in turn and gives the medians: `rounds` times, and short work more often, as its times scatter more.
 * `before` runs, untimed, ahead of every timed process; `msOf` tells what of a run counts, all of it unless given.
 * @param {{ ours: Command, peer: Command, before: () => void, rounds: number, msOf?: (run: { ms: number, stdout: string }) => number }} pair
 * @returns {{ oursMs: number, peerMs: number, ratio: number }}
 */
export function measurePair({ ours, peer, before, rounds, msOf = ({ ms }) => ms }) {
  const times = { ours: /** @type {number[]} */ ([]), peer: /** @type {number[]} */ ([]) };
  let spentMs = 0;
  for (let round = 0; round < rounds || (spentMs < SPENT_MS && round < ROUNDS_MAX); round += 1) {
    // who goes first alternates, so that neither always finds the caches the other left
    const order = /** @type {('ours' | 'peer')[]} */ (round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours']);
    for (const who of order) {
      before();
      const run = runTimed(who === 'ours' ? ours : peer);
      spentMs += run.ms;
      times[who].push(msOf(run));
    }
  }
  const [oursMs, peerMs] = [median(times.ours), median(times.peer)];
  return { oursMs, peerMs, ratio: oursMs / peerMs };
}
