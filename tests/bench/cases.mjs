// @ts-check
// What is measured beside what, and the goal for it.
import path from 'node:path';

/**
 * @typedef {import('./measure.mjs').Command} Command
 * @typedef {object} Case
 * @property {string} group
 * @property {string} name
 * @property {string} peerName
 * @property {Command} ours
 * @property {Command} peer
 * @property {number | null} goal largest ratio; null where none is set
 * @property {Command | null} check a command that must succeed after ours ran
 * @property {readonly string[]} outputs removed before every run
 * @property {number} rounds
 */

/**
 * @param {{ cli: readonly string[], folder: string, dataSets: readonly import('./fixtures.mjs').DataSet[], rounds: number }} setup
 * @returns {Case[]}
 */
export function listCases({ cli, folder, dataSets, rounds }) {
  const at = (/** @type {string} */ name) => path.join(folder, name);
  const [out, peerOut] = [at('out-ours'), at('out-peer')];
  /** @type {Case[]} */
  const cases = [];
  const add = (
    /** @type {Partial<Case> & Pick<Case, 'group' | 'name' | 'peerName' | 'ours' | 'peer' | 'goal'>} */ one,
  ) => cases.push({ check: null, outputs: [out, peerOut], rounds, ...one });

  for (const set of dataSets) {
    const conversions = /** @type {const} */ ([
      ['raw to dynamic', set.raw, 'raw', 'dynamic', 'vpc', '-o subformat=dynamic,force_size=on'],
      ['dynamic to raw', set.dynamic, 'vpc', 'raw', 'raw', ''],
      ['raw to fixed', set.raw, 'raw', 'fixed', 'vpc', '-o subformat=fixed,force_size=on'],
    ]);
    for (const [name, from, fromFormat, to, peerFormat, peerOptions] of conversions) {
      const convert = (/** @type {string} */ verify) =>
        /** @type {const} */ ([
          ...cli,
          'convert',
          from,
          out,
          '--to',
          to,
          '--verify',
          verify,
          '--progress',
          'none',
        ]);
      const peer = `qemu-img convert -f ${fromFormat} -O ${peerFormat} ${peerOptions} ${from} ${peerOut}; sync ${peerOut}`;
      const compare = `qemu-img compare -f ${fromFormat} -F ${to === 'fixed' ? 'raw' : peerFormat} ${from}`;
      // COMPAT(qemu-img 7.2): reads a fixed VHD as vpc only by its footer; `vpc` does for both
      const compareOurs = `qemu-img compare -f ${fromFormat} -F ${peerFormat} ${from} ${out}`;
      add({
        group: `Convert ${set.name}`,
        name,
        peerName: 'qemu-img convert; sync',
        ours: convert('none'),
        peer,
        goal: 1,
        check: compareOurs,
      });
      add({
        group: `Convert ${set.name}`,
        name: `${name}, verified`,
        peerName: 'qemu-img convert; sync; qemu-img compare',
        ours: convert('content'),
        peer: `${peer}; ${compare.replace(/-F \S+/, `-F ${peerFormat}`)} ${peerOut}`,
        goal: 0.8,
        check: compareOurs,
      });
    }
    add({
      group: 'Compare',
      name: `raw and dynamic, ${set.name}`,
      peerName: 'qemu-img compare',
      ours: [...cli, 'compare', set.raw, set.dynamic, '--progress', 'none'],
      peer: ['qemu-img', 'compare', '-f', 'raw', '-F', 'vpc', set.raw, set.dynamic],
      goal: 1,
    });
    const isSparse = set.name.includes('sparse');
    add({
      group: 'Hash',
      name: `dynamic, ${set.name}`,
      peerName: 'sha256sum of the raw file',
      ours: [...cli, 'hash', set.dynamic, '--progress', 'none'],
      peer: ['sha256sum', set.raw],
      goal: isSparse ? 0.5 : 1,
      rounds: isSparse ? 1 : rounds,
    });
  }

  const huge = at('huge.vhd');
  const empty = /** @type {const} */ ([process.execPath, '-e', '0']);
  const started = /** @type {const} */ ([
    ['info of a dynamic image', ['info', dataSets[0]?.dynamic ?? ''], 1.5],
    ['quick check of a 16 GiB image', ['check', dataSets[1]?.dynamic ?? ''], 2],
    ['map of an empty 2040 GiB image', ['map', huge], 2.5],
  ]);
  for (const [name, args, goal] of started) {
    add({
      group: 'Start',
      name,
      peerName: 'an empty Node process',
      ours: [...cli, ...args],
      peer: empty,
      goal,
    });
  }
  return cases;
}
