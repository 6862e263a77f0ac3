// @ts-check
// Reads and writes through the engine beside `qemu-img bench`, with the same sizes, steps and depth.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { median, runTimed } from './measure.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
/** An odd step in blocks of 4 KiB, so that requests land all over the disk and in another block each time. */
const SCATTER_BYTES = 577 * MIB + 12 * KIB;

/**
 * @param {{ root: string, folder: string, dataSets: readonly import('./fixtures.mjs').DataSet[], rounds: number, isWanted: (text: string) => boolean }} setup
 * @returns {Promise<import('./report.mjs').Row[]>}
 */
export async function measureEngine({ root, folder, dataSets, rounds, isWanted }) {
  const dense = dataSets[0];
  if (!dense || !isWanted('Engine: read write open chain')) return [];
  const program = await bundle(root);
  const cli = [process.execPath, path.join(root, 'out/main/cli.cjs')];
  const chain = makeChain(cli, folder, dense);
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
    const flushed = ['-w', '-t', 'writeback'];
    rows.push(
      measure(
        `${name} writes into blocks that exist`,
        ask('write', writable.ours),
        `${bench(writable.peer, 'vpc', ...flushed).join(' ')}; sync ${writable.peer}`,
        'qemu-img bench -w; sync',
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
    /** @type {number[]} */ const oursMs = [];
    /** @type {number[]} */ const peerMs = [];
    for (let round = 0; round < rounds; round += 1) {
      spawnSync('sync');
      oursMs.push(runTimed(ours).ms);
      spawnSync('sync');
      peerMs.push(runTimed(peer).ms);
    }
    const [a, b] = [median(oursMs), median(peerMs)];
    return { group: 'Engine', name, peerName, goal, oursMs: a, peerMs: b, ratio: a / b, memoryMib: null };
  }
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
 * Two children over the dense disk, each holding every fourth 64 KiB, and a qcow2 chain of the same shape.
 * @param {string[]} cli @param {string} folder @param {import('./fixtures.mjs').DataSet} dense
 */
function makeChain(cli, folder, dense) {
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const base = at('chain-base.vhd');
  fs.copyFileSync(dense.dynamic, base);
  const run = (/** @type {string[]} */ ...args) => runTimed([...cli, ...args]);
  const qcow = [at('chain-0.qcow2'), at('chain-1.qcow2'), at('chain-2.qcow2')];
  runTimed(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', dense.raw, qcow[0] ?? '']);
  const vhd = [base, at('chain-1.vhd'), at('chain-2.vhd')];
  const piece = at('piece');
  fs.writeFileSync(piece, Buffer.alloc(64 * KIB, 0x21));
  const sizeBytes = fs.statSync(dense.raw).size;
  for (const level of [1, 2]) {
    run('snapshot', vhd[level - 1] ?? '', vhd[level] ?? '');
    runTimed([
      'qemu-img',
      'create',
      '-q',
      '-f',
      'qcow2',
      '-b',
      qcow[level - 1] ?? '',
      '-F',
      'qcow2',
      qcow[level] ?? '',
    ]);
    const writes = [];
    for (let offset = level * 64 * KIB; offset < sizeBytes; offset += 32 * MIB) {
      run('write', vhd[level] ?? '', '--offset', String(offset), '-i', piece);
      writes.push('-c', `write -P 0x21 ${offset} 64k`);
    }
    runTimed(['qemu-io', '-f', 'qcow2', ...writes, qcow[level] ?? '']);
  }
  return { vhd: vhd[2] ?? '', qcow2: qcow[2] ?? '', files: [...vhd, ...qcow] };
}
