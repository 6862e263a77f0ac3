import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { hasCommand } from '../../build/scripts/processes.mjs';

const INCLUDE = fileURLToPath(new URL('../../build/installer.nsh', import.meta.url));
const text = readFileSync(INCLUDE, 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'platter-installer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('our part of the installer for Windows', () => {
  test('leaves Windows’ own handling of .vhd alone: neither writes nor removes an extension’s own key', () => {
    const commands = text.split('\n').filter((line) => /^\s*(?:Write|Delete)Reg/.test(line));
    expect(commands.length).toBeGreaterThan(8);
    for (const command of commands) {
      expect(command).not.toMatch(/Classes\\(?:\$\{EXT\}|\.a?vhd|\.vud)" ""/);
      expect(command).not.toMatch(/DeleteRegKey \w+ "Software\\Classes\\(?:\$\{EXT\}|\.)[^\\]*"$/);
    }
  });

  test.skipIf(!hasCommand('makensis'))('is compiled by NSIS without a warning', () => {
    const script = join(folder, 'try.nsi');
    writeFileSync(
      script,
      [
        'Unicode true',
        'Name "Platter"',
        `OutFile "${join(folder, 'try.exe')}"`,
        'InstallDir "$PROGRAMFILES\\Platter"',
        '!define APP_EXECUTABLE_FILENAME "Platter.exe"',
        `!include "${INCLUDE}"`,
        'Section',
        '  !insertmacro customInstall',
        `  WriteUninstaller "$INSTDIR\\uninstall.exe"`,
        'SectionEnd',
        'Section "Uninstall"',
        '  !insertmacro customUnInstall',
        'SectionEnd',
      ].join('\n'),
    );
    execFileSync('makensis', ['-V2', '-WX', script], { stdio: 'pipe' });
    expect(existsSync(join(folder, 'try.exe'))).toBe(true);
  });
});
