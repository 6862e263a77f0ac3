// @ts-check
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../out/main/cli.cjs', import.meta.url));
const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Runs a verb of the built command line.
 * @param {string[]} args
 * @param {Buffer} [input] standard input
 */
function platter(args, input) {
  const run = spawnSync(process.execPath, [CLI, ...args], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`platter ${args.join(' ')}: ${run.stderr}`);
}

/** Numbers that look random and are the same every time. */
function makeRandom() {
  let state = 0x2545f491;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A raw disk whose stretches are used or zero, so that its map has a face.
 * @param {string} path
 * @param {number} sizeBytes
 * @param {number} stepBytes
 */
function makeRaw(path, sizeBytes, stepBytes) {
  const random = makeRandom();
  const content = Buffer.alloc(sizeBytes);
  const text = Buffer.from('Platter keeps every byte. ');
  let used = true;
  let left = 24;
  for (let offset = 0; offset < sizeBytes; offset += stepBytes) {
    if (used) content.fill(text, offset, offset + 4 * KIB);
    left -= 1;
    if (left > 0) continue;
    used = !used;
    const late = offset / sizeBytes;
    left = Math.ceil(random() * (used ? 22 * (1 - late) ** 2 + 2 : 34 * late + 2));
  }
  content.writeUInt16LE(0xaa55, 510);
  writeFileSync(path, content);
}

/**
 * Changes bytes of a file as a fault would.
 * @param {string} path
 * @param {(file: number) => void} change
 */
function patch(path, change) {
  const file = openSync(path, 'r+');
  try {
    change(file);
  } finally {
    closeSync(file);
  }
}

/** @param {number} file @param {number} offset */
function readU32(file, offset) {
  const bytes = Buffer.alloc(4);
  readSync(file, bytes, 0, 4, offset);
  return bytes.readUInt32BE(0);
}

/** @param {number} file @param {number} offset @param {number} value */
function writeU32(file, offset, value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  writeSync(file, bytes, 0, 4, offset);
}

const BAT_OFFSET = 1536;

/** Names of the images that `makeDemoImages` makes. */
export const DEMO = {
  server: 'web-server.vhd',
  child: 'web-server-tuesday.vhd',
  grandchild: 'web-server-wednesday.vhd',
  broken: 'mail-server.vhd',
  footer: 'laptop.vhd',
  fixed: 'boot.vhd',
  large: 'archive.vhd',
  orphan: 'orphan.vhd',
};

/**
 * Lays a small fleet into `folder`: a server with a chain, a damaged one, a fixed one, one of 2040 GiB, an orphan.
 * @param {string} folder exists and is empty
 */
export function makeDemoImages(folder) {
  /** @param {keyof typeof DEMO} name */
  const at = (name) => join(folder, DEMO[name]);
  const raw = join(folder, 'source.img');
  const blocks = ['--type', 'dynamic', '--block-size', '512K', '--size-rule', 'universal', '--source', raw];
  makeRaw(raw, 320 * MIB, 512 * KIB);
  platter(['create', at('server'), ...blocks]);
  platter(['snapshot', at('server'), at('child')]);
  for (const [place, length] of [
    [6, 3],
    [70, 6300],
    [78.5, 90],
    [120, 33],
    [210, 5000],
    [222, 1],
  ]) {
    const offset = Math.floor((place ?? 0) * MIB);
    platter(
      ['write', at('child'), '--offset', String(offset)],
      Buffer.alloc((length ?? 1) * KIB, 'tuesday '),
    );
  }
  platter(['snapshot', at('child'), at('grandchild')]);
  platter(['write', at('grandchild'), '--offset', String(71 * MIB)], Buffer.alloc(70_000, 'wednesday '));

  makeRaw(raw, 64 * MIB, 512 * KIB);
  platter(['create', at('broken'), ...blocks]);
  patch(at('broken'), (file) => {
    writeU32(file, BAT_OFFSET + 4 * 9, readU32(file, BAT_OFFSET + 4 * 3));
    writeU32(file, BAT_OFFSET + 4 * 30, 0x00f00000);
    writeU32(file, 512 + 36, 0x12345678);
  });
  platter(['create', at('footer'), ...blocks]);
  patch(at('footer'), (file) => writeU32(file, 64, 0x0badcafe));
  platter(['create', at('fixed'), '--type', 'fixed', '--source', raw]);
  rmSync(raw);

  platter(['create', at('large'), '--type', 'dynamic', '--size', '2040G']);
  for (let index = 0; index < 10; index += 1) {
    const offset = Math.floor((index ** 2 / 100) * 2000) * 1024 * MIB + index * 7 * MIB;
    platter(['write', at('large'), '--offset', String(offset)], Buffer.alloc(5 * MIB, 'archive '));
  }
  const lost = join(folder, 'lost.vhd');
  platter(['create', lost, '--type', 'dynamic', '--size', '16M']);
  platter(['snapshot', lost, at('orphan')]);
  rmSync(lost);
}
