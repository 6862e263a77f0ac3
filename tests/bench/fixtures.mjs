// @ts-check
// The disks that the measurements work on: dense and sparse, raw, dynamic and fixed, made by the peer.
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runTimed } from './measure.mjs';

const MIB = 1024 * 1024;

/**
 * @typedef {object} DataSet
 * @property {string} name
 * @property {string} raw
 * @property {string} dynamic
 * @property {string} copy the raw disk again, of other holes and blocks
 */

/**
 * @param {string} folder
 * @param {number} scale 1 is the size the goals are set for
 * @returns {DataSet[]}
 */
export function makeDataSets(folder, scale) {
  const dense = dataSet(folder, `${formatMib(1024 * scale)} dense`, 'dense');
  fillRandom(dense.raw, 1024 * MIB * scale, [{ start: 0, length: 1024 * MIB * scale }]);
  const sparse = dataSet(
    folder,
    `${formatMib(16 * 1024 * scale)} sparse, ${formatMib(512 * scale)} of data`,
    'sparse',
  );
  const pieces = Array.from({ length: 64 }, (_, at) => ({
    start: at * 256 * MIB * scale,
    length: 8 * MIB * scale,
  }));
  fillRandom(sparse.raw, 16 * 1024 * MIB * scale, pieces);
  for (const { raw, dynamic } of [dense, sparse]) {
    runTimed([
      'qemu-img',
      'convert',
      '-f',
      'raw',
      '-O',
      'vpc',
      '-o',
      'subformat=dynamic,force_size=on',
      raw,
      dynamic,
    ]);
  }
  spawnSync('sync');
  return [dense, sparse];
}

/** @param {string} folder @param {string} name @param {string} stem @returns {DataSet} */
function dataSet(folder, name, stem) {
  const at = (/** @type {string} */ suffix) => path.join(folder, `${stem}${suffix}`);
  return { name, raw: at('.raw'), dynamic: at('.vhd'), copy: at('-copy.vhd') };
}

/** @param {string} file @param {number} sizeBytes @param {readonly { start: number, length: number }[]} pieces */
function fillRandom(file, sizeBytes, pieces) {
  const fd = fs.openSync(file, 'w');
  const buffer = Buffer.alloc(8 * MIB);
  for (const { start, length } of pieces) {
    for (let at = 0; at < length; at += buffer.length) {
      randomFillSync(buffer);
      fs.writeSync(fd, buffer, 0, Math.min(buffer.length, length - at), start + at);
    }
  }
  fs.ftruncateSync(fd, sizeBytes);
  fs.closeSync(fd);
}

/** @param {number} mib */
const formatMib = (mib) => (mib >= 1024 ? `${mib / 1024} GiB` : `${mib} MiB`);
