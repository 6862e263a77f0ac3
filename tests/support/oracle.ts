import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe } from 'vitest';

/** Other programs that tests ask for a second opinion. */
export type OracleName = 'qemu-img' | 'qemu-io' | 'vhdiinfo' | '7z';

export interface OracleRun {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const OUTPUT_BYTES_MAX = 1 << 29;

const found = new Map<OracleName, string | null>();

/** Path of the program, or null where this machine has none. */
export function findOracle(name: OracleName): string | null {
  const known = found.get(name);
  if (known !== undefined) return known;
  const names = name === '7z' ? ['7z', '7zz', '7za'] : [name];
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const hit = folders
    .flatMap((folder) => names.map((one) => path.join(folder, one + suffix)))
    .find((file) => fs.existsSync(file));
  found.set(name, hit ?? null);
  return hit ?? null;
}

export const hasOracle = (name: OracleName): boolean => findOracle(name) !== null;

/** A describe block that needs these programs; skipped, with the reason printed, where one is absent. */
export function describeOracle(needed: readonly OracleName[], title: string, block: () => void): void {
  const absent = needed.filter((name) => !hasOracle(name));
  if (absent.length === 0) {
    describe(title, block);
    return;
  }
  console.warn(`SKIPPED "${title}": ${absent.join(' and ')} not installed on this machine`);
  describe.skip(`${title} (skipped: ${absent.join(', ')} not installed)`, block);
}

/** Runs an oracle; a failing exit status is an answer, not an exception. @throws Error where it cannot be started or hangs. */
export function runOracle(
  name: OracleName,
  args: readonly string[],
  options: { readonly input?: Uint8Array; readonly cwd?: string; readonly timeoutMs?: number } = {},
): OracleRun {
  const program = findOracle(name);
  if (program === null) throw new Error(`${name} is not installed`);
  const run = spawnSync(program, args, {
    ...(options.input ? { input: options.input } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    timeout: options.timeoutMs ?? 60_000,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (run.error) throw run.error;
  return { status: run.status ?? -1, stdout: run.stdout, stderr: run.stderr.toString() };
}

/** Runs an oracle that must succeed. @throws Error with what it said. */
export function mustRun(
  name: OracleName,
  args: readonly string[],
  options: Parameters<typeof runOracle>[2] = {},
): Buffer {
  const run = runOracle(name, args, options);
  if (run.status !== 0) {
    throw new Error(`${name} ${args.join(' ')} gave ${run.status}: ${run.stderr}${run.stdout.toString()}`);
  }
  return run.stdout;
}

/** Guest content by qemu-img, which reads no parents: right for fixed and dynamic images only. */
export function contentByQemu(image: string, workFolder: string): Buffer {
  const raw = path.join(workFolder, `${path.basename(image)}.qemu.raw`);
  mustRun('qemu-img', ['convert', '-f', 'vpc', '-O', 'raw', image, raw]);
  const content = fs.readFileSync(raw);
  fs.rmSync(raw);
  return content;
}

/** Guest content by 7-Zip, which follows parents by W2ru or name in the child's folder. */
export function contentBy7z(image: string): Buffer {
  return mustRun('7z', ['e', '-so', '-tvhd', image]);
}
