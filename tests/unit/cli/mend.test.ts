import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  CheckReport,
  ImageInfo,
  InspectReport,
  JournalSummary,
  RepairPlan,
} from '../../../src-shared/model';
import { openForWriting } from '../../../src-main/engine/io';
import { JournaledFile } from '../../../src-main/engine/repair';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { runCli, type JsonError } from './run-cli';

const makeFolder = useTempFolders('each');
const MIB = 1024 * 1024;

let undoBefore: string | undefined;
beforeEach(() => {
  undoBefore = process.env['PLATTER_UNDO_DIR'];
  process.env['PLATTER_UNDO_DIR'] = path.join(makeFolder('undo'), 'undo');
});
afterEach(() => {
  if (undoBefore === undefined) delete process.env['PLATTER_UNDO_DIR'];
  else process.env['PLATTER_UNDO_DIR'] = undoBefore;
});

/** A sound fixed image, and the same with one bit of its footer's checksum flipped. */
function makeBroken(folder = makeFolder()): { image: string; sound: Buffer; broken: Buffer } {
  const sound = Buffer.from(buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).bytes());
  const broken = Buffer.from(sound);
  broken[4 * MIB + 67] = (broken[4 * MIB + 67] ?? 0) ^ 1;
  const image = path.join(folder, 'broken.vhd');
  fs.writeFileSync(image, broken);
  return { image, sound, broken };
}

describe('check', () => {
  it('gives the report of one image, exit 1 on an error, 0 on none', async () => {
    const { image, sound } = makeBroken();
    const bad = await runCli(['check', image, '--json']);
    expect(bad.exitCode).toBe(1);
    const report = bad.json<CheckReport>();
    expect(report).toMatchObject({ path: image, verdict: 'errors' });
    expect(report.findings.map((finding) => finding.code)).toContain('footer-checksum');
    expect(Object.keys(report.readers)).toHaveLength(8);
    fs.writeFileSync(image, sound);
    const good = await runCli(['check', image, '--json']);
    expect(good.exitCode).toBe(0);
    expect(good.json<CheckReport>()).toMatchObject({ verdict: 'clean', findings: [] });
  });

  it('exits 1 on warnings only with --strict, and 0 when they are ignored', async () => {
    const image = buildVhd({
      type: 'fixed',
      sizeBytes: 4 * MIB,
      footer: { uniqueId: '00000000-0000-0000-0000-000000000000' },
    }).writeTo(path.join(makeFolder(), 'null.vhd'));
    expect((await runCli(['check', image])).exitCode).toBe(0);
    expect((await runCli(['check', image, '--strict'])).exitCode).toBe(1);
    const ignored = ['check', image, '--strict', '--ignore', 'unique-id-null'];
    expect((await runCli(ignored)).exitCode).toBe(0);
    const only = await runCli(['check', image, '--only', 'footer-checksum', '--json']);
    expect(only.json<CheckReport>().findings).toEqual([]);
  });

  it('refuses a code that no rule has, and names the nearest', async () => {
    const { exitCode, stderr } = await runCli(['check', makeBroken().image, '--only', 'footer-cheksum']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Did you mean "footer-checksum"?');
  });

  it('checks a folder, and goes on where an image cannot be checked', async () => {
    const folder = makeFolder();
    makeBroken(folder);
    buildVhd({ type: 'dynamic', sizeBytes: 4 * MIB }).writeTo(path.join(folder, 'good.vhd'));
    buildVhd({ type: 'fixed', sizeBytes: 4 * MIB }).writeTo(path.join(folder, 'without-extension'));
    fs.writeFileSync(path.join(folder, 'notes.txt'), 'no image');
    const sweep = await runCli(['check', folder, '--json']);
    expect(sweep.exitCode).toBe(1);
    const names = sweep.json<{ images: CheckReport[] }>().images.map((one) => path.basename(one.path));
    expect(names).toEqual(['broken.vhd', 'good.vhd', 'without-extension']);

    fs.writeFileSync(path.join(folder, 'zero.vhd'), '');
    const withFailure = await runCli(['check', folder, '--json']);
    expect(withFailure.exitCode).toBe(3);
    const images = withFailure.json<{ images: { error?: { code: string } }[] }>().images;
    expect(images[3]?.error?.code).toBe('not-a-vhd');
    const table = (await runCli(['check', folder])).stdout;
    expect(table).toMatch(/not checked\s+"?zero\.vhd/);
    expect(table).toContain('4 images: 1 with errors, 1 that could not be checked.');
  });

  it('gives a list for several files, too', async () => {
    const { image } = makeBroken();
    const result = await runCli(['check', image, `${image}.gone`, '--json']);
    expect(result.exitCode).toBe(4);
    expect(result.json<{ images: unknown[] }>().images).toHaveLength(2);
  });

  it('lists its rules without a file', async () => {
    const { rules } = (await runCli(['check', '--list-rules', '--json'])).json<{
      rules: { code: string; title: string; severity: string; source: string }[];
    }>();
    expect(rules.length).toBeGreaterThan(30);
    expect(new Set(rules.map((rule) => rule.code)).size).toBe(rules.length);
    for (const rule of rules) expect(Object.values(rule).every((value) => value !== '')).toBe(true);
    expect((await runCli(['check', '--list-rules'])).stdout).toContain('footer-checksum');
  });
});

describe('check --report', () => {
  for (const [name, start] of [
    ['r.md', '# '],
    ['r.html', '<!doctype html>'],
    ['r.json', '{'],
  ] as const) {
    it(`writes ${name}, and replaces none without --force`, async () => {
      const folder = makeFolder();
      const { image } = makeBroken(folder);
      const report = path.join(folder, name);
      const { exitCode, stdout } = await runCli(['check', image, '--report', report]);
      expect(exitCode).toBe(1);
      expect(stdout).toContain(`Report: ${report}`);
      const text = fs.readFileSync(report, 'utf8');
      expect(text.toLowerCase().startsWith(start)).toBe(true);
      expect(text).toContain('footer-checksum');
      expect((await runCli(['check', image, '--report', report])).exitCode).toBe(4);
      expect((await runCli(['check', image, '--report', report, '--force'])).exitCode).toBe(1);
    });
  }

  it('refuses a format that it cannot write before it checks anything', async () => {
    const { image } = makeBroken();
    expect((await runCli(['check', image, '--report', 'x.pdf'])).exitCode).toBe(2);
  });
});

describe('inspect', () => {
  it('gives every field with its place, bytes, value and verdict', async () => {
    const { image } = makeBroken();
    const report = (
      await runCli(['inspect', image, '--structure', 'footer', '--json'])
    ).json<InspectReport>();
    expect(report.structures).toHaveLength(1);
    const checksum = report.structures[0]?.fields.find((field) => field.name === 'checksum');
    expect(checksum).toMatchObject({ offset: 4 * MIB + 64, length: 4, verdict: 'wrong' });
    expect(checksum?.reason).not.toBe('');
    const text = (await runCli(['inspect', image])).stdout;
    expect(text).toContain('checksum is wrong');
    expect(text).toContain('conectix');
  });

  it('takes an index where one has a meaning', async () => {
    const image = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 2 }] }).writeTo(
      path.join(makeFolder(), 'd.vhd'),
    );
    const inspect = (...argv: string[]): Promise<number> =>
      runCli(['inspect', image, ...argv]).then((result) => result.exitCode);
    expect(await inspect('--structure', 'sectorBitmap', '--index', '2')).toBe(0);
    expect(await inspect('--structure', 'bat', '--index', '2')).toBe(0);
    expect(await inspect('--structure', 'bat', '--index', '99')).toBe(2);
    expect(await inspect('--structure', 'footer', '--index', '2')).toBe(2);
    expect(await inspect('--index', '2')).toBe(2);
    expect(await inspect('--structure', 'bat', '--index', 'x')).toBe(2);
  });
});

describe('repair and undo', () => {
  it('plans without writing, applies, and takes it back byte for byte', async () => {
    const { image, sound, broken } = makeBroken();
    const planned = await runCli(['repair', image, '--json', '--no-lock']);
    expect(planned.exitCode).toBe(0);
    const plan = planned.json<RepairPlan>();
    expect(plan).toMatchObject({ applied: false, journal: null, predictedVerdict: 'clean' });
    expect(plan.plan[0]).toMatchObject({ code: 'footer-checksum', selected: true });
    expect(plan.plan[0]?.changes[0]).toMatchObject({ offset: 4 * MIB + 64 + 3, lengthBytes: 1 });
    expect(fs.readFileSync(image).equals(broken)).toBe(true);

    const applied = (await runCli(['repair', image, '--apply', '--json', '--no-lock'])).json<RepairPlan>();
    expect(applied.applied).toBe(true);
    expect(fs.readFileSync(image).equals(sound)).toBe(true);

    const list = (await runCli(['undo', '--list', '--json'])).json<{ journals: JournalSummary[] }>();
    expect(list.journals).toHaveLength(1);
    expect(list.journals[0]).toMatchObject({ journalPath: applied.journal, usable: true });

    expect((await runCli(['undo', image, '--no-lock'])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(broken)).toBe(true);
    const again = await runCli(['undo', image, '--json', '--no-lock']);
    expect(again.exitCode).toBe(3);
    expect(again.json<JsonError>().error.code).toBe('nothing-to-undo');
  });

  it('finishes a repair that was interrupted, as it was asked for, or only rolls it back', async () => {
    const { image, sound, broken } = makeBroken();
    const interrupt = async (): Promise<void> => {
      const file = await openForWriting(image);
      const change = {
        operation: 'repair',
        title: 'Repair',
        request: { only: ['footer-checksum'] },
      } as const;
      const journaled = await JournaledFile.begin(file, change);
      await journaled.writeAt(new Uint8Array(100).fill(0xbb), 4 * MIB);
      await journaled.close();
      await file.close();
    };
    await interrupt();
    const finished = await runCli(['undo', image, '--finish', '--json', '--no-lock']);
    expect(finished.json<RepairPlan>()).toMatchObject({ applied: true, currentVerdict: 'errors' });
    expect(fs.readFileSync(image).equals(sound)).toBe(true);
    expect((await runCli(['undo', image, '--no-lock'])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(broken)).toBe(true);
    const nothing = await runCli(['undo', image, '--finish', '--json', '--no-lock']);
    expect(nothing.exitCode).toBe(3);
    expect(nothing.json<JsonError>().error.code).toBe('nothing-to-undo');
    await interrupt();
    expect((await runCli(['undo', image, '--no-lock'])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(broken)).toBe(true);
    expect((await runCli(['undo', image, '--finish', '--list'])).exitCode).toBe(2);
  });

  it('shows the bytes before and after, and how to go on', async () => {
    const { stdout } = await runCli(['repair', makeBroken().image]);
    expect(stdout).toContain('footer-checksum');
    expect(stdout).toMatch(/\n\s+- [0-9a-f]{2}\n\s+\+ [0-9a-f]{2}\n/);
    expect(stdout).toContain('Nothing was changed. To do it: add --apply.');
  });

  it('says so when there is nothing to repair', async () => {
    const { image, sound } = makeBroken();
    fs.writeFileSync(image, sound);
    const { exitCode, stdout } = await runCli(['repair', image]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing to repair.');
  });

  it('says by its exit code whether errors are left, or what was named is left', async () => {
    const image = buildVhd({
      type: 'dynamic',
      sizeBytes: 4 * 65536,
      blockSizeBytes: 65536,
      blocks: [{ index: 0 }, { index: 2 }],
      batOverrides: { 1: 0 },
      footer: { features: 0 },
    }).writeTo(path.join(makeFolder(), 'two.vhd'));
    const run = async (...argv: readonly string[]): Promise<number> =>
      (await runCli(['repair', image, '--apply', '--no-lock', ...argv])).exitCode;
    expect((await runCli(['repair', image])).exitCode, 'a plan is only a plan').toBe(0);
    expect(await run('--only', 'bat-entry-in-metadata'), 'needs a choice').toBe(1);
    expect(await run('--only', 'features-reserved-bit')).toBe(0);
    expect(await run(), 'an error is left').toBe(1);
    expect(await run('--choose', 'bat-entry-in-metadata=clear')).toBe(0);
    expect(await run(), 'nothing is left').toBe(0);
  });

  it('copies the image or its metadata beforehand, where it is asked to', async () => {
    const { image } = makeBroken();
    const before = fs.readFileSync(image);
    const copy = path.join(makeFolder(), 'copy.vhd');
    const archive = path.join(makeFolder(), 'metadata.tar');
    for (const argv of [
      ['--backup', copy],
      ['--apply', '--backup', copy, '--save-metadata', archive],
    ])
      expect((await runCli(['repair', image, ...argv])).exitCode).toBe(2);
    const first = await runCli(['repair', image, '--apply', '--no-lock', '--backup', copy]);
    expect(first.stdout).toContain(copy);
    expect(fs.readFileSync(copy).equals(before)).toBe(true);
    await runCli(['undo', image, '--no-lock']);
    const again = await runCli(['repair', image, '--apply', '--no-lock', '--backup', copy]);
    expect(again.exitCode, 'an existing file is not replaced').toBe(4);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
    const second = ['repair', image, '--apply', '--json', '--no-lock', '--save-metadata', archive];
    expect((await runCli(second)).json<RepairPlan>().backup).toMatchObject({
      kind: 'metadata',
      path: archive,
    });
    expect(fs.readFileSync(archive).subarray(257, 262).toString()).toBe('ustar');
  });

  it('says that no backup was made where nothing is to be mended', async () => {
    const folder = makeFolder();
    const image = path.join(folder, 'sound.vhd');
    expect((await runCli(['create', image, '--type', 'dynamic', '--size', '8M'])).exitCode).toBe(0);
    const result = await runCli(['repair', image, '--apply', '--no-lock', '--backup', `${image}.copy`]);
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toContain('No backup was made');
    expect(fs.existsSync(`${image}.copy`)).toBe(false);
  });

  it('lists the journals of one image only, where one is named', async () => {
    const folder = makeFolder();
    const { image } = makeBroken(folder);
    await runCli(['repair', image, '--apply', '--no-lock']);
    const other = path.join(folder, 'other.vhd');
    fs.renameSync(image, other);
    const listed = async (...names: string[]): Promise<number> => {
      const result = await runCli(['undo', '--list', ...names, '--json']);
      return result.json<{ journals: JournalSummary[] }>().journals.length;
    };
    expect(await listed()).toBe(1);
    expect(await listed(other)).toBe(0);
    fs.renameSync(other, image);
    expect(await listed(image)).toBe(1);
  });

  it('removes a journal on request', async () => {
    const { image } = makeBroken();
    const { journal } = (
      await runCli(['repair', image, '--apply', '--json', '--no-lock'])
    ).json<RepairPlan>();
    expect((await runCli(['undo', '--remove', journal ?? ''])).exitCode).toBe(0);
    expect((await runCli(['undo', '--list'])).stdout).toContain('there are no journals');
    expect((await runCli(['undo', '--remove', journal ?? ''])).exitCode).toBe(4);
  });

  it('refuses calls that contradict themselves', async () => {
    expect((await runCli(['undo'])).exitCode).toBe(2);
    expect((await runCli(['undo', '--list', '--remove', 'x'])).exitCode).toBe(2);
    const { image } = makeBroken();
    expect((await runCli(['repair', image, '--choose', 'footer-checksum'])).exitCode).toBe(2);
    const twice = ['--choose', 'footer-checksum=a', 'footer-checksum=b'];
    expect((await runCli(['repair', image, ...twice])).exitCode).toBe(2);
  });
});

describe('edit', () => {
  it('sets fields, keeps checksums right, and can be taken back', async () => {
    const image = buildVhd({ type: 'dynamic', sizeBytes: 8 * MIB }).writeTo(path.join(makeFolder(), 'd.vhd'));
    const before = fs.readFileSync(image);
    const argv = ['edit', image, '--set', 'creator=vpc', 'savedState=1', '--json'];
    const planned = (await runCli([...argv, '--dry-run'])).json<RepairPlan>();
    expect(planned).toMatchObject({ applied: false });
    expect(planned.plan.map((item) => item.code)).toEqual(['creator', 'savedState']);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
    expect((await runCli(argv)).json<RepairPlan>().applied).toBe(true);
    const info = (await runCli(['info', image, '--json'])).json<ImageInfo>();
    expect(info).toMatchObject({ savedState: true, creator: { application: 'vpc' }, health: { errors: 0 } });
    expect((await runCli(['undo', image])).exitCode).toBe(0);
    expect(fs.readFileSync(image).equals(before)).toBe(true);
  });

  it('refuses a field or value that there is not', async () => {
    const { image } = makeBroken();
    const unknown = await runCli(['edit', image, '--set', 'creater=vpc']);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('Did you mean "creator"?');
    expect((await runCli(['edit', image, '--set', 'creator'])).exitCode).toBe(2);
    expect((await runCli(['edit', image])).exitCode).toBe(2);
    expect((await runCli(['edit', image, '--set', 'hidden=1', 'hidden=0'])).exitCode).toBe(2);
    const sound = buildVhd({ type: 'fixed', sizeBytes: MIB }).writeTo(path.join(makeFolder(), 'f.vhd'));
    expect((await runCli(['edit', sound, '--set', 'uniqueId=nonsense'])).exitCode).toBe(2);
  });
});

describe('rescue', () => {
  it('rebuilds an image whose footers are gone into a new file, and leaves the old one alone', async () => {
    const folder = makeFolder();
    const knobs = { type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0 }, { index: 2 }] } as const;
    const whole = buildVhd(knobs).writeTo(path.join(folder, 'whole.vhd'));
    const broken = buildVhd({ ...knobs, footerForm: 'absent', footerCopy: null }).writeTo(
      path.join(folder, 'broken.vhd'),
    );
    const before = fs.readFileSync(broken);
    const saved = path.join(folder, 'saved.vhd');
    const result = await runCli(['rescue', broken, saved, '--json']);
    expect(result.exitCode).toBe(0);
    expect(result.json()).toMatchObject({ path: saved, verified: true });
    for (const list of ['certain', 'likely', 'lost']) {
      expect(Array.isArray(result.json<Record<string, unknown>>()[list])).toBe(true);
    }
    expect(fs.readFileSync(broken).equals(before)).toBe(true);
    expect((await runCli(['compare', whole, saved])).exitCode).toBe(0);
    expect((await runCli(['rescue', broken, saved])).exitCode).toBe(4);
    expect((await runCli(['rescue', broken, saved, '--force'])).stdout).toMatch(/Certain|Likely/);
  });

  it('finds nothing in a file that holds nothing', async () => {
    const folder = makeFolder();
    const noise = path.join(folder, 'noise.vhd');
    fs.writeFileSync(noise, Buffer.alloc(MIB, 0x77));
    const result = await runCli(['rescue', noise, path.join(folder, 'x.vhd'), '--json']);
    expect(result.exitCode).toBe(3);
    expect(fs.existsSync(path.join(folder, 'x.vhd'))).toBe(false);
  });
});
