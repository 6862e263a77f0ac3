import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VERBS } from '../../../src-main/cli/verbs';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
beforeEach(() => {
  vi.stubEnv('PLATTER_UNDO_DIR', path.join(makeFolder('undo'), 'undo'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});
const MIB = 1024 * 1024;

/** A folder with one image of each kind, and files that are none. */
function makeFiles(): (name: string) => string {
  const folder = makeFolder();
  const at = (name: string): string => path.join(folder, name);
  buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 1, data: 7 }] }).writeTo(at('d.vhd'));
  buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).writeTo(at('f.vhd'));
  fs.writeFileSync(at('text.vhd'), 'no image '.repeat(200));
  fs.writeFileSync(at('in.bin'), Buffer.alloc(600, 1));
  return at;
}

async function withChild(at: (name: string) => string): Promise<void> {
  expect((await runCli(['snapshot', at('d.vhd'), at('c.vhd')])).exitCode).toBe(0);
  expect((await runCli(['write', at('c.vhd'), '--offset', '0', '-i', at('in.bin')])).exitCode).toBe(0);
}

interface Row {
  /** The verb on an image; the marks `$x` are files of the folder. */
  readonly argv: readonly string[];
  /** Needs `c.vhd`, a child of `d.vhd`. */
  readonly child?: boolean;
  /** Ends at once, so that there is nothing to cancel. */
  readonly instant?: boolean;
  /** Reads no image that could be missing or no image at all. */
  readonly noImage?: boolean;
}

/** Every verb of the public interface that ends by itself. */
const ROWS: Readonly<Record<string, Row>> = {
  info: { argv: ['info', '$d.vhd'], instant: true },
  check: { argv: ['check', '$d.vhd', '--deep'] },
  map: { argv: ['map', '$d.vhd'], instant: true },
  chain: { argv: ['chain', '$d.vhd'], instant: true },
  hash: { argv: ['hash', '$d.vhd'] },
  compare: { argv: ['compare', '$d.vhd', '$d.vhd'] },
  read: { argv: ['read', '$d.vhd', '-o', '$out'] },
  inspect: { argv: ['inspect', '$d.vhd'], instant: true },
  geometry: { argv: ['geometry', '40M'], instant: true, noImage: true },
  plan: { argv: ['plan', '--type', 'dynamic', '--size', '40M'], instant: true, noImage: true },
  create: { argv: ['create', '$new.vhd', '--type', 'fixed', '--size', '4M'], noImage: true },
  write: { argv: ['write', '$d.vhd', '--offset', '0', '-i', '$in.bin'] },
  convert: { argv: ['convert', '$d.vhd', '$out', '--to', 'raw'] },
  snapshot: { argv: ['snapshot', '$d.vhd', '$child.vhd'], instant: true },
  merge: { argv: ['merge', '$c.vhd', '--output', '$out'], child: true },
  relink: { argv: ['relink', '$c.vhd', '--parent', '$d.vhd'], child: true, instant: true },
  resize: { argv: ['resize', '$d.vhd', '16M'] },
  compact: { argv: ['compact', '$d.vhd', '--output', '$out'] },
  repair: { argv: ['repair', '$d.vhd'] },
  undo: { argv: ['undo', '--list', '$d.vhd'], instant: true, noImage: true },
  rescue: { argv: ['rescue', '$d.vhd', '$out'] },
  edit: { argv: ['edit', '$d.vhd', '--set', 'creator=vpc', '--dry-run'], instant: true },
  azure: { argv: ['azure', '$d.vhd', '$out'] },
  'attach-command': { argv: ['attach-command', '$d.vhd'], instant: true },
};

const namesOf = ({ argv }: Row, at: (name: string) => string, image?: string): string[] =>
  argv.map((word, index) => (word.startsWith('$') ? at(index === 1 && image ? image : word.slice(1)) : word));

describe('exit codes', () => {
  it('are tried for every verb but the one that does not end', () => {
    expect(Object.keys(ROWS).sort()).toEqual(
      VERBS.map(({ name }) => name)
        .filter((name) => name !== 'serve')
        .sort(),
    );
  });

  for (const [name, row] of Object.entries(ROWS)) {
    it(`of ${name}: 0 when done, with one JSON document`, async () => {
      const at = makeFiles();
      if (row.child) await withChild(at);
      const result = await runCli([...namesOf(row, at), '--json']);
      expect([result.exitCode, result.stdout]).toEqual([0, expect.any(String)]);
      expect(result.json()).not.toHaveProperty('error');
    });

    it(`of ${name}: 2 for an option that it does not have, and for what is missing`, async () => {
      expect((await runCli([name, '--no-such-option', '--json'])).exitCode).toBe(2);
      // Alone it is complete for none of them.
      expect((await runCli([name])).exitCode).toBe(2);
    });

    if (!row.noImage) {
      it(`of ${name}: 3 for a file that is no VHD, 4 for one that does not exist`, async () => {
        const at = makeFiles();
        if (row.child) await withChild(at);
        const foreign = await runCli([...namesOf(row, at, 'text.vhd'), '--json']);
        expect(foreign.exitCode).toBe(3);
        expect(foreign.json<JsonError>().error.message).toMatch(/text\.vhd/);
        const missing = await runCli([...namesOf(row, at, 'missing.vhd'), '--json']);
        expect(missing.exitCode).toBe(4);
        expect(missing.json<JsonError>().error.code).toBe('file-not-found');
      });
    }

    if (!row.instant) {
      it(`of ${name}: 130 when it is cancelled, and nothing new is there`, async () => {
        const at = makeFiles();
        if (row.child) await withChild(at);
        const before = fs.readdirSync(at('.')).sort();
        const result = await runCli([...namesOf(row, at), '--json'], { signal: AbortSignal.abort() });
        expect(result.exitCode).toBe(130);
        expect(result.json<JsonError>().error.code).toBe('cancelled');
        expect(fs.readdirSync(at('.')).sort()).toEqual(before);
      });
    }
  }

  it('is 1 where check finds an error and where compare finds a difference', async () => {
    const at = makeFiles();
    const bytes = fs.readFileSync(at('f.vhd'));
    bytes.fill(0xff, bytes.length - 448, bytes.length - 444);
    fs.writeFileSync(at('bad.vhd'), bytes);
    expect((await runCli(['check', at('bad.vhd')])).exitCode).toBe(1);
    expect((await runCli(['check', at('f.vhd'), at('bad.vhd')])).exitCode).toBe(1);
    expect((await runCli(['compare', at('d.vhd'), at('f.vhd')])).exitCode).toBe(1);
    expect((await runCli(['compare', at('f.vhd'), at('f.vhd'), '--strict'])).exitCode).toBe(0);
  });

  it('is 3 where the operation would lose data', async () => {
    const at = makeFiles();
    expect((await runCli(['resize', at('d.vhd'), '2M', '--shrink'])).exitCode).toBe(3);
    await withChild(at);
    const result = await runCli(['write', at('d.vhd'), '--offset', '0', '-i', at('in.bin'), '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error).toMatchObject({ code: 'has-children' });
    expect(result.json<JsonError>().error.message).toContain('c.vhd');
  });

  it('is 3 for a VHD whose metadata is gone, never a raw disk by mistake; and 0 where the person says that it is raw', async () => {
    const at = makeFiles();
    const gone = ['convert', at('text.vhd'), at('out'), '--to', 'raw'];
    const result = await runCli([...gone, '--json']);
    expect(result.exitCode).toBe(3);
    expect(result.json<JsonError>().error.hint).toContain('--from raw');
    expect(fs.existsSync(at('out'))).toBe(false);
    expect((await runCli([...gone, '--from', 'raw'])).exitCode).toBe(0);
    fs.copyFileSync(at('text.vhd'), at('text.img'));
    expect((await runCli(['compare', at('text.img'), at('out')])).exitCode).toBe(0);
  });

  it('is 4 where the target exists', async () => {
    const at = makeFiles();
    for (const argv of [
      ['create', at('f.vhd'), '--type', 'fixed', '--size', '4M'],
      ['convert', at('d.vhd'), at('f.vhd'), '--to', 'fixed'],
      ['snapshot', at('d.vhd'), at('f.vhd')],
      ['read', at('d.vhd'), '-o', at('f.vhd')],
      ['azure', at('d.vhd'), at('f.vhd')],
      ['rescue', at('d.vhd'), at('f.vhd')],
      ['compact', at('d.vhd'), '-o', at('f.vhd')],
    ]) {
      const result = await runCli([...argv, '--json']);
      expect([argv[0], result.exitCode, result.json<JsonError>().error.code]).toEqual([
        argv[0],
        4,
        'target-exists',
      ]);
    }
  });

  it('is 5 for a bug, with what a report needs and no stack trace', async () => {
    const at = makeFiles();
    const stdin = (): never => {
      throw new TypeError('x is not a function');
    };
    const result = await runCli(['convert', '-', at('out'), '--to', 'fixed'], { stdin });
    expect(result.exitCode).toBe(5);
    expect(result.stderr).toMatch(/bug in Platter/);
    expect(result.stderr).toMatch(/Node \d+/);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(fs.existsSync(at('out'))).toBe(false);
  });
});
