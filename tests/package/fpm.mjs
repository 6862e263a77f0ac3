#!/usr/bin/env node
// @ts-check
// Test-only: the part of fpm that electron-builder uses, over dpkg-deb and rpmbuild, so that the deb and rpm packages of
// electron-builder.yml can be built where fpm itself is not to be had. Nothing is compressed: it is for trying only.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Options that take a value; what is not here and no mapping is refused, so that nothing is left out unnoticed. */
const VALUED = new Set([
  '-s', '-t', '-d', '--deb-recommends', '--deb-compression', '--deb-priority', '--rpm-compression', '--rpm-os', '--rpm-summary',
  '--architecture', '--after-install', '--after-remove', '--description', '--version', '--package', '--name', '--maintainer',
  '--vendor', '--url', '--category', '--license', '--iteration',
]); // prettier-ignore

/** @type {Map<string, string[]>} */
const options = new Map();
/** @type {[string, string][]} */
const mappings = [];
const words = process.argv.slice(2);
while (words.length > 0) {
  const word = words.shift() ?? '';
  if (VALUED.has(word)) options.set(word, [...(options.get(word) ?? []), words.shift() ?? '']);
  else if (word.includes('=') && !word.startsWith('-')) {
    const at = word.lastIndexOf('=');
    mappings.push([word.slice(0, at), word.slice(at + 1)]);
  } else if (word !== '--force') throw new Error(`fpm's option ${word} is not known here`);
}
const one = (/** @type {string} */ name) => options.get(name)?.[0] ?? '';
const all = (/** @type {string} */ name) => options.get(name) ?? [];

const work = mkdtempSync(join(tmpdir(), 'platter-fpm-'));
const root = join(work, 'root');

function stage() {
  for (const [from, to] of mappings) {
    const target = join(root, to);
    mkdirSync(from.endsWith('/') ? target : dirname(target), { recursive: true });
    execFileSync('cp', ['-a', from.endsWith('/') ? `${from}.` : from, target]);
  }
}

function buildDeb() {
  const folder = join(root, 'DEBIAN');
  mkdirSync(folder, { recursive: true });
  const control = [
    `Package: ${one('--name')}`,
    `Version: ${one('--version')}`,
    `Architecture: ${one('--architecture')}`,
    `Maintainer: ${one('--maintainer')}`,
    `Homepage: ${one('--url')}`,
    `Depends: ${all('-d').join(', ')}`,
    `Recommends: ${all('--deb-recommends').join(', ')}`,
    `Section: ${one('--category') || 'default'}`,
    `Priority: ${one('--deb-priority')}`,
    `Description: ${one('--description')}`,
  ];
  writeFileSync(join(folder, 'control'), `${control.join('\n')}\n`);
  /** @type {[string, string][]} */
  const scripts = [
    ['postinst', '--after-install'],
    ['postrm', '--after-remove'],
  ];
  for (const [name, option] of scripts) {
    writeFileSync(join(folder, name), readFileSync(one(option)));
    chmodSync(join(folder, name), 0o755);
  }
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, one('--package')]);
}

function buildRpm() {
  const script = (/** @type {string} */ option) => readFileSync(one(option), 'utf8').replaceAll('%', '%%');
  const files = mappings.map(([from, to]) => (from.endsWith('/') ? to.replace(/\/$/, '') : to));
  const spec = [
    `Name: ${one('--name')}`,
    `Version: ${one('--version')}`,
    'Release: 1',
    `Summary: ${one('--rpm-summary')}`,
    `License: ${one('--license')}`,
    `URL: ${one('--url')}`,
    `Vendor: ${one('--vendor')}`,
    ...all('-d').map((name) => `Requires: ${name}`),
    'AutoReqProv: no',
    '%define _build_id_links none',
    '%define __os_install_post %{nil}',
    '%define _binary_payload w0.gzdio',
    '%description',
    one('--description'),
    '%install',
    `cp -a ${root}/. %{buildroot}/`,
    '%post',
    script('--after-install'),
    '%postun',
    script('--after-remove'),
    '%files',
    ...files.map((file) => `"${file}"`),
  ];
  writeFileSync(join(work, 'platter.spec'), `${spec.join('\n')}\n`);
  const define = (/** @type {string} */ name, /** @type {string} */ value) => [
    '--define',
    `${name} ${value}`,
  ];
  execFileSync('rpmbuild', [
    '-bb', '--quiet', '--target', one('--architecture'),
    ...define('_topdir', join(work, 'top')), ...define('_rpmdir', join(work, 'made')),
    join(work, 'platter.spec'),
  ]); // prettier-ignore
  const made = join(work, 'made', one('--architecture'));
  const [name = ''] = readdirSync(made);
  execFileSync('cp', [join(made, name), one('--package')]);
}

try {
  stage();
  if (one('-t') === 'deb') buildDeb();
  else if (one('-t') === 'rpm') buildRpm();
  else throw new Error(`no ${one('-t')} here`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
