// @ts-check
// `npm run package`: an unpacked program for this system in dist/. More with
//   --targets         the targets of electron-builder.yml for this system (they download their own tools)
//   --target NAME     one of them more than the unpacked program, such as deb; may be given several times. With the
//                     tools that CUSTOM_FPM_PATH and APPIMAGE_TOOLS_PATH name, electron-builder fetches none
//   --tar             also the unpacked Linux program as tar.gz, made by tar itself
//   --stand-in        with the tests' Electron 22, its preamble included; taken by itself where Electron's own
//                     release cannot be had. For tests: such a program is not for people.
//   --output DIR      instead of dist
// deb needs PLATTER_HOMEPAGE and PLATTER_MAINTAINER ("Name <address>"); signing takes its secrets from the
// environment as electron-builder names them (build/RELEASE.md).

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { archFromString, build, Platform } from 'electron-builder';
import { downloadElectron, findElectron, needsPreamble, provideElectron } from './electron.mjs';
import { isBuildStale } from './freshness.mjs';
import { ROOT } from './processes.mjs';
import { noticesText } from './shipped.mjs';

const { values: options } = parseArgs({
  options: {
    targets: { type: 'boolean', default: false },
    target: { type: 'string', multiple: true, default: [] },
    tar: { type: 'boolean', default: false },
    'stand-in': { type: 'boolean', default: false },
    output: { type: 'string', default: 'dist' },
  },
});

const output = resolve(ROOT, options.output);

/** The runtime to pack, or undefined to let electron-builder fetch its own. */
async function chooseRuntime() {
  const present = findElectron();
  if (present && (options['stand-in'] || present.source === 'override')) return present;
  if (!options['stand-in']) {
    const official = await downloadElectron(180_000);
    if ('runtime' in official) return official.runtime;
    console.log(`Electron: ${official.reason}; packing the tests' stand-in, which is not for people`);
  }
  const answer = await provideElectron(console.log);
  if ('reason' in answer) throw new Error(`no Electron to pack: ${answer.reason}`);
  return answer.runtime;
}

/**
 * electron-builder.yml with what only this run knows, as a file: merged by ourselves, since electron-builder's
 * own merge cannot take a key back.
 * @param {import('./electron.mjs').ElectronRuntime} runtime
 * @returns {Promise<string>} where it lies
 */
async function writeConfiguration(runtime) {
  const config = parseYaml(await readFile(join(ROOT, 'electron-builder.yml'), 'utf8'));
  config.directories.output = output;
  config.extraMetadata = { homepage: process.env['PLATTER_HOMEPAGE'] };
  config.linux.maintainer = process.env['PLATTER_MAINTAINER'];
  if (!options.targets)
    Object.assign(config, { electronDist: runtime.dist, electronVersion: runtime.version });
  if (needsPreamble(runtime)) {
    // A packaged program takes no -r: its entry loads the preamble.
    config.files.push('tests/package/main.cjs', 'tests/desktop/electron22-{preamble,preload}.cjs');
    config.extraMetadata.main = 'tests/package/main.cjs';
    // The fuse wire of Electron 22 ends before this one.
    delete config.electronFuses.grantFileProtocolExtraPrivileges;
    // The runtime that came with it unpacks nothing newer.
    config.appImage = { compression: 'gzip' };
  }
  const file = join(ROOT, 'out', 'electron-builder.json');
  await writeFile(file, JSON.stringify(config, null, 2));
  return file;
}

/**
 * With the reader that electron-builder itself uses for the file.
 * @param {string} text
 */
function parseYaml(text) {
  const require = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  const yaml = createRequire(require.resolve('app-builder-lib/package.json'))('js-yaml');
  return yaml.load(text);
}

/** @param {string} output */
async function packTar(output) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const name = `platter-${version}-linux-${process.arch}`;
  const unpacked = (await readdir(output)).find((entry) => /^linux.*-unpacked$/.test(entry));
  if (unpacked === undefined) throw new Error('--tar needs the unpacked Linux program');
  const archive = join(output, `${name}.tar.gz`);
  const as = ['--transform', `s,^${unpacked},${name},`, '--owner=0', '--group=0'];
  // What is only to be tried need not be small.
  const packer = options['stand-in'] ? 'gzip -1' : 'gzip';
  const outcome = spawnSync('tar', ['-I', packer, '-cf', `${archive}.part`, ...as, '-C', output, unpacked], {
    stdio: 'inherit',
  });
  if (outcome.status !== 0) throw new Error('tar failed');
  await rename(`${archive}.part`, archive);
  console.log(`packed ${basename(archive)}`);
}

if (isBuildStale()) {
  const outcome = spawnSync('npm', ['run', 'build'], {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (outcome.status !== 0) process.exit(1);
}
await writeFile(join(ROOT, 'out', 'THIRD-PARTY-NOTICES.txt'), noticesText());
const runtime = await chooseRuntime();
const chosen = Platform.current().createTarget(['dir', ...options.target], archFromString(process.arch));
const built = await build({
  projectDir: ROOT,
  publish: 'never',
  config: await writeConfiguration(runtime),
  ...(options.targets ? {} : { targets: chosen }),
});
// electronDist brings the runtime's own default app along; a program that loads only its archive has no use for it.
for (const folder of await readdir(output)) {
  const leftOver = join(output, folder, 'resources', 'default_app.asar');
  if (existsSync(leftOver)) await rm(leftOver);
}
if (options.tar) await packTar(output);
for (const artifact of built) console.log(`packed ${basename(artifact)}`);
console.log(`Platter with Electron ${runtime.version} in ${output}`);
