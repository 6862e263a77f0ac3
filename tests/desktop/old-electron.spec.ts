import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron, needsPreamble } from '../../build/scripts/electron.mjs';
import { expect, test, whyNoDesktop } from './launch';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('an Electron that is too old is told as that, with the way to the right one', async () => {
  const reason = whyNoDesktop();
  test.skip(reason !== undefined, reason ?? '');
  const runtime = findElectron();
  test.skip(runtime === undefined || !needsPreamble(runtime), 'this Electron is new enough');
  const profile = await mkdtemp(join(tmpdir(), 'platter-profile-'));
  const args = [ROOT, '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`];
  const ended = await new Promise<{ code: unknown; words: string }>((resolve) => {
    execFile(runtime?.executable ?? '', args, { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, words: stdout + stderr });
    });
  });
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  expect(ended.words).toContain('Platter needs Electron 25 or newer');
  expect(ended.words).toContain('npm start');
  expect(ended.code).toBe(1);
});
