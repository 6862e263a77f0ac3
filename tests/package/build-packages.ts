import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { APPIMAGE_RUNTIME } from '../../build/scripts/electron.mjs';
import { hasCommand } from '../../build/scripts/processes.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** What came out of a package. */
export interface Unpacked {
  readonly program: string;
  /** Where its desktop entry lies. */
  readonly desktopFolder: string;
}

export interface PackageKind {
  readonly name: string;
  readonly suffix: string;
  /** Whether it lays files at their places in the system. */
  readonly isInstalled: boolean;
  readonly needs: () => string | undefined;
  readonly unpack: (file: string, place: string) => Promise<Unpacked>;
}

const needsCommand = (name: string) => (): string | undefined =>
  hasCommand(name) ? undefined : `there is no ${name}`;

const installed = (place: string): Unpacked => ({
  program: join(place, 'opt', 'Platter', 'platter'),
  desktopFolder: join(place, 'usr', 'share', 'applications'),
});

/** Packages beside the archive. None of the tools of electron-builder's own downloads is needed. */
export const PACKAGE_KINDS: readonly PackageKind[] = [
  {
    name: 'deb',
    suffix: '.deb',
    isInstalled: true,
    needs: needsCommand('dpkg-deb'),
    unpack: async (file, place) => {
      await run('dpkg-deb', ['-x', file, place]);
      return installed(place);
    },
  },
  {
    name: 'rpm',
    suffix: '.rpm',
    isInstalled: true,
    needs: needsCommand('rpmbuild'),
    unpack: async (file, place) => {
      await run('sh', ['-c', 'rpm2archive "$1" && tar -xzf "$1".tgz -C "$2"', 'sh', file, place]);
      return installed(place);
    },
  },
  {
    name: 'AppImage',
    suffix: '.AppImage',
    isInstalled: false,
    needs: () =>
      needsCommand('mksquashfs')() ??
      (existsSync(APPIMAGE_RUNTIME) ? undefined : 'there is no runtime for it'),
    unpack: async (file, place) => {
      // It unpacks itself, without FUSE.
      await run(file, ['--appimage-extract'], { cwd: place });
      const folder = join(place, 'squashfs-root');
      return { program: join(folder, 'AppRun'), desktopFolder: folder };
    },
  },
];

export const whyNotBuilt = (kind: PackageKind): string | undefined => kind.needs();

/** The archive, and every other package whose tools are here, into `folder`. */
export async function buildPackages(folder: string): Promise<void> {
  const kinds = PACKAGE_KINDS.filter((kind) => whyNotBuilt(kind) === undefined);
  const tools = await mkdtemp(join(tmpdir(), 'platter-tools-'));
  try {
    await gatherAppImageTools(tools);
    const script = join(ROOT, 'build', 'scripts', 'package.mjs');
    const targets = kinds.flatMap(({ name }) => ['--target', name]);
    await run(process.execPath, [script, '--stand-in', '--tar', ...targets, '--output', folder], {
      cwd: ROOT,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...process.env,
        CUSTOM_FPM_PATH: join(ROOT, 'tests', 'package', 'fpm.mjs'),
        APPIMAGE_TOOLS_PATH: tools,
        PLATTER_HOMEPAGE: 'https://platter.invalid',
        PLATTER_MAINTAINER: 'Platter tests <nobody@platter.invalid>',
      },
    });
  } finally {
    await rm(tools, { recursive: true, force: true });
  }
}

/** The folder that electron-builder would download: squashfs-tools of the system, and a runtime out of an AppImage. */
async function gatherAppImageTools(folder: string): Promise<void> {
  if (!existsSync(APPIMAGE_RUNTIME) || !hasCommand('mksquashfs')) return;
  await mkdir(join(folder, 'runtimes'));
  await mkdir(join(folder, 'lib', 'x64'), { recursive: true });
  await copyFile(APPIMAGE_RUNTIME, join(folder, 'runtimes', 'runtime-x64'));
  // Nothing is compressed: it is only to be tried.
  await writeFile(join(folder, 'mksquashfs'), '#!/bin/sh\nexec mksquashfs "$@" -noI -noD -noF -noX\n');
  await chmod(join(folder, 'mksquashfs'), 0o755);
  await symlink('/bin/true', join(folder, 'desktop-file-validate'));
}
