/**
 * The program on Windows' own side of Node: `node.exe` under Wine. Both are asked for by name, as neither is installed
 * by this project: PLATTER_WINDOWS_NODE is the path of a node.exe (Node 16 to 20 ran under Wine 8), and Wine itself is
 * looked for where Debian puts it. Wine does not know FSCTL_QUERY_ALLOCATED_RANGES and does not enforce locks on reads;
 * tests/unit/io/find-extents.test.ts and tests/unit/ops/mandatory-locks.test.ts stand in for these.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { overlaid, patchyContent } from '../support/ops-content';
import { useTempFolders } from '../support/temp';

const MIB = 1024 * 1024;
const cli = path.resolve(import.meta.dirname, '../../out/main/cli.cjs');
const node = process.env['PLATTER_WINDOWS_NODE'] ?? '';
const wine = ['/usr/bin/wine64', '/usr/bin/wine', '/usr/lib/wine/wine64'].find((file) => fs.existsSync(file));
const isReady = wine !== undefined && fs.existsSync(node) && fs.existsSync(cli);
if (!isReady)
  console.warn(
    'SKIPPED "Platter on Windows": needs Wine, a node.exe named by PLATTER_WINDOWS_NODE, and a build',
  );

const windowsPath = (file: string): string => `Z:${file.replaceAll('/', '\\')}`;

interface Answer {
  readonly status: number | null;
  readonly json: Record<string, unknown>;
}

describe.runIf(isReady)('Platter on Windows (Wine)', () => {
  const newFolder = useTempFolders('all');
  const prefix = isReady ? newFolder('wine') : '';
  const environment = {
    ...process.env,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    NODE_SKIP_PLATFORM_CHECK: '1',
  };

  /** Runs a verb with `--json`; its output goes by files, as Wine hands Node no pipe that it could open. */
  function run(folder: string, ...args: readonly string[]): Answer {
    const out = path.join(folder, 'stdout');
    const fd = fs.openSync(out, 'w');
    const stdio = ['ignore', fd, fd] as const;
    const words = [windowsPath(node), windowsPath(cli), ...args, '--json'];
    const { status } = spawnSync(wine ?? '', words, {
      env: environment,
      stdio: [...stdio],
      timeout: 100_000,
    });
    fs.closeSync(fd);
    const text = fs.readFileSync(out, 'utf8');
    const start = text.indexOf('{');
    return { status, json: JSON.parse(text.slice(start, text.lastIndexOf('}') + 1)) as Answer['json'] };
  }

  it('makes, reads, chains, merges, resizes and refuses as it does here', () => {
    const folder = newFolder();
    const at = (name: string): string => windowsPath(path.join(folder, name));
    const content = patchyContent(3 * MIB, 61);
    const piece = patchyContent(MIB, 62);
    fs.writeFileSync(path.join(folder, 'disk.raw'), content);
    fs.writeFileSync(path.join(folder, 'piece'), piece);
    const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const hashOf = (name: string): unknown => run(folder, 'hash', at(name)).json['hash'];

    expect(run(folder, 'convert', at('disk.raw'), at('Grüße ☃.vhd'), '--to', 'dynamic').status).toBe(0);
    expect(hashOf('Grüße ☃.vhd')).toBe(sha256(content));
    expect(run(folder, 'convert', at('disk.raw'), at('Grüße ☃.vhd'), '--to', 'fixed').status).toBe(4);
    expect(run(folder, 'snapshot', at('Grüße ☃.vhd'), at('child.vhd')).status).toBe(0);
    expect(run(folder, 'write', at('child.vhd'), '--offset', '1048576', '-i', at('piece')).status).toBe(0);
    const isWritten = (sector: number): boolean => sector >= 2048 && sector < 4096;
    const whole = Buffer.concat([content.subarray(0, MIB), piece, content.subarray(2 * MIB)]);
    const shown = sha256(overlaid(content, whole, isWritten));
    expect(hashOf('child.vhd')).toBe(shown);
    const { json: info } = run(folder, 'info', at('child.vhd'));
    expect(info['parent']).toMatchObject({ identity: 'proven', resolvedPath: at('Grüße ☃.vhd') });
    expect(run(folder, 'merge', at('child.vhd'), '--into-parent', '--delete-child').status).toBe(0);
    expect(hashOf('Grüße ☃.vhd')).toBe(shown);
    expect(run(folder, 'resize', at('Grüße ☃.vhd'), '9G').status).toBe(0);
    expect(run(folder, 'undo', at('Grüße ☃.vhd')).status).toBe(0);
    expect(hashOf('Grüße ☃.vhd')).toBe(shown);
    expect(run(folder, 'check', at('Grüße ☃.vhd'), '--deep').json['verdict']).toBe('clean');
    const device = run(folder, 'create', at('con.vhd'), '--type', 'dynamic', '--size', '4M');
    expect(device.json['error']).toMatchObject({ code: 'bad-value' });
    expect(fs.readdirSync(folder).sort()).toEqual(['Grüße ☃.vhd', 'disk.raw', 'piece', 'stdout']);
  }, 600_000);
});
