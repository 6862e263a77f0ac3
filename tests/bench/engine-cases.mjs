// @ts-check
// Reads and writes through the engine beside `qemu-img bench`, with the same sizes, steps and depth.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { measurePair, median, runTimed } from './measure.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
/** An odd step in blocks of 4 KiB, so that requests land all over the disk and in another block each time. */
const SCATTER_BYTES = 577 * MIB + 12 * KIB;

/**
 * @param {{ root: string, cli: readonly string[], folder: string, dataSets: readonly import('./fixtures.mjs').DataSet[], rounds: number, isWanted: (text: string) => boolean }} setup
 * @returns {Promise<import('./report.mjs').Row[]>}
 */
export async function measureEngine({ root, cli, folder, dataSets, rounds, isWanted }) {
  const dense = dataSets[0];
  if (!dense || !isWanted('Engine: read write open chain')) return [];
  const program = await bundle(root);
  const chain = makeChain(cli, program, folder, dense);
  const sizeBytes = fs.statSync(dense.raw).size;
  const sequential = { bytes: 2 * MIB, stepBytes: 2 * MIB, count: sizeBytes / (2 * MIB) };
  const scattered = { bytes: 4 * KIB, stepBytes: SCATTER_BYTES, count: 20_000 };
  const writable = { ours: path.join(folder, 'write-ours.vhd'), peer: path.join(folder, 'write-peer.vhd') };
  const rows = [];
  for (const [name, shape, depth, goal] of /** @type {const} */ ([
    ['sequential 2 MiB', sequential, 4, 1],
    ['scattered 4 KiB', scattered, 4, null],
  ])) {
    const ask = (/** @type {string} */ op, /** @type {string} */ file) => [
      process.execPath,
      program,
      JSON.stringify({ op, path: file, depth, ...shape }),
    ];
    const bench = (
      /** @type {string} */ file,
      /** @type {string} */ format,
      /** @type {string[]} */ ...more
    ) => [
      'qemu-img',
      'bench',
      '-f',
      format,
      '-c',
      String(shape.count),
      '-d',
      String(depth),
      '-s',
      String(shape.bytes),
      '-S',
      String(shape.stepBytes),
      ...more,
      file,
    ];
    rows.push(
      measure(
        `${name} reads, dynamic`,
        ask('read', dense.dynamic),
        bench(dense.dynamic, 'vpc'),
        'qemu-img bench',
        goal,
      ),
    );
    rows.push(
      measure(
        `${name} reads, chain of three`,
        ask('read', chain.vhd),
        bench(chain.qcow2, 'qcow2'),
        'qemu-img bench, a qcow2 chain of three',
        null,
      ),
    );
    for (const file of Object.values(writable)) fs.copyFileSync(dense.dynamic, file);
    const flushed = ['-w', '-t', 'writeback', '--flush-interval', String(shape.count)];
    rows.push(
      measure(
        `${name} writes into blocks that exist`,
        ask('write', writable.ours),
        bench(writable.peer, 'vpc', ...flushed),
        'qemu-img bench -w, flushed at the end',
        goal,
      ),
    );
  }
  for (const file of [...Object.values(writable), ...chain.files]) fs.rmSync(file, { force: true });
  rows.push(measureOpen(program, folder));
  return rows;

  /**
   * @param {string} name @param {string[]} ours @param {import('./measure.mjs').Command | string[]} peer
   * @param {string} peerName @param {number | null} goal
   */
  function measure(name, ours, peer, peerName, goal) {
    const times = measurePair({ ours, peer, before: () => spawnSync('sync'), rounds, msOf: insideMs });
    return { group: 'Engine', name, peerName, goal, ...times, memoryMib: null };
  }
}

/**
 * The time that a process says its requests took: neither counts its start, or opening and closing the image.
 * @param {{ ms: number, stdout: string }} run
 */
function insideMs({ ms, stdout }) {
  const peer = /Run completed in ([\d.]+) seconds/.exec(stdout);
  if (peer?.[1]) return Number(peer[1]) * 1000;
  return stdout.startsWith('{') ? Number(JSON.parse(stdout).ms) : ms;
}

/** Opening 2040 GiB: engine time alone, beside the 50 ms it may take. @param {string} program @param {string} folder */
function measureOpen(program, folder) {
  const task = JSON.stringify({ op: 'open', path: path.join(folder, 'huge.vhd') });
  const times = Array.from(
    { length: 9 },
    () => JSON.parse(runTimed([process.execPath, program, task]).stdout).ms,
  );
  const oursMs = median(times);
  return {
    group: 'Engine',
    name: 'open a 2040 GiB image',
    peerName: 'at most 50 ms',
    goal: 1,
    oursMs,
    peerMs: 50,
    ratio: oursMs / 50,
    memoryMib: null,
  };
}

/** Beside the other bundles, so that it finds the native helpers. @param {string} root */
async function bundle(root) {
  const outDir = path.join(root, 'node_modules', '.platter-bench');
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      rolldownOptions: {
        input: { 'engine-io': path.join(root, 'tests/bench/engine-io.ts') },
        external: ['fs-native-extensions', 'koffi', /^node:/],
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' },
      },
    },
  });
  return path.join(outDir, 'engine-io.cjs');
}

/**
 * Two children over the dense disk, each holding 64 KiB of every 32 MiB, and a qcow2 chain of the same shape.
 * @param {readonly string[]} cli @param {string} program @param {string} folder
 * @param {import('./fixtures.mjs').DataSet} dense
 */
function makeChain(cli, program, folder, dense) {
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const vhd = [at('chain-0.vhd'), at('chain-1.vhd'), at('chain-2.vhd')];
  const qcow2 = [at('chain-0.qcow2'), at('chain-1.qcow2'), at('chain-2.qcow2')];
  // both written the same way: a copied file is read at another speed than one that a converter wrote
  runTimed([...cli, 'convert', dense.raw, vhd[0] ?? '', '--to', 'dynamic', '--progress', 'none']);
  runTimed(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', dense.raw, qcow2[0] ?? '']);
  const sizeBytes = fs.statSync(dense.raw).size;
  const stepBytes = 32 * MIB;
  for (const level of [1, 2]) {
    runTimed([...cli, 'snapshot', vhd[level - 1] ?? '', vhd[level] ?? '']);
    const backing = ['-b', qcow2[level - 1] ?? '', '-F', 'qcow2'];
    runTimed(['qemu-img', 'create', '-q', '-f', 'qcow2', ...backing, qcow2[level] ?? '']);
    const offset = level * 64 * KIB;
    const count = sizeBytes / stepBytes;
    const task = { op: 'write', path: vhd[level], count, bytes: 64 * KIB, stepBytes, depth: 1, offset };
    runTimed([process.execPath, program, JSON.stringify(task)]);
    const writes = Array.from({ length: count }, (_, index) => [
      '-c',
      `write -P 0x5a ${offset + index * stepBytes} 64k`,
    ]);
    runTimed(['qemu-io', '-f', 'qcow2', ...writes.flat(), qcow2[level] ?? '']);
  }
  return { vhd: vhd[2] ?? '', qcow2: qcow2[2] ?? '', files: [...vhd, ...qcow2] };
}
