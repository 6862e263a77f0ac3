import fs from 'node:fs';
import path from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { acceleratorOf, menuTemplate } from '../../../src-main/hosts/electron/menu-template';
import { MENU_COMMANDS, SETTINGS_COMMAND } from '../../../src-shared/model/menu-command';

const ran: string[] = [];
const actions = { run: (id: string) => void ran.push(id), about: () => void ran.push('about') };
const build = (platform: NodeJS.Platform): MenuItemConstructorOptions[] =>
  menuTemplate(platform, actions, true);
const itemsOf = (menu: MenuItemConstructorOptions | undefined): MenuItemConstructorOptions[] =>
  Array.isArray(menu?.submenu) ? menu.submenu : [];
const everyItem = (platform: NodeJS.Platform): MenuItemConstructorOptions[] =>
  build(platform).flatMap(itemsOf);

const COMMANDS = [...Object.values(MENU_COMMANDS).flat(), SETTINGS_COMMAND].filter((one) => one !== null);

describe('the native menu', () => {
  it('offers only commands that the page’s registry has, with the same shortcuts', () => {
    const folder = path.resolve(import.meta.dirname, '../../../src-renderer/commands');
    const registry = fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
      .join('\n');
    for (const { id, shortcut } of COMMANDS) {
      const at = registry.search(new RegExp(`(?:id: |go\\()'${id.replace('.', '\\.')}'`));
      expect(at, id).toBeGreaterThanOrEqual(0);
      if (shortcut !== null) expect(registry.slice(at, at + 400), id).toContain(`'${shortcut}'`);
    }
  });

  it.each(['linux', 'win32', 'darwin'] as const)(
    'on %s has every command once, and ways to quit and to know more',
    (platform) => {
      const ids = everyItem(platform).map(({ id }) => id);
      for (const { id } of COMMANDS)
        expect(
          ids.filter((one) => one === id),
          id,
        ).toHaveLength(1);
      const roles = everyItem(platform).map(({ role }) => role);
      expect(roles).toContain('quit');
      expect(platform === 'darwin' ? roles : everyItem(platform).map(({ label }) => label)).toContain(
        platform === 'darwin' ? 'about' : '&About Platter',
      );
      expect(roles).not.toContain('toggleDevTools');
    },
  );

  it('has the places and the wording of each system', () => {
    expect(build('darwin').map(({ label, role }) => label ?? role)).toEqual([
      'Platter', 'File', 'editMenu', 'View', 'Go', 'windowMenu', 'help',
    ]); // prettier-ignore
    expect(itemsOf(build('darwin')[0]).map(({ id }) => id)).toContain('go.settings');
    expect(everyItem('darwin').map(({ role }) => role)).toContain('recentDocuments');
    expect(everyItem('darwin').some(({ label }) => label?.includes('&'))).toBe(false);
    expect(everyItem('win32').find(({ role }) => role === 'quit')?.label).toBe('E&xit');
    expect(everyItem('linux').find(({ role }) => role === 'quit')?.label).toBe('&Quit');
  });

  it('runs a command by its id, and leaves its shortcut to the page', () => {
    const open = everyItem('linux').find(({ id }) => id === 'file.open');
    expect(open).toMatchObject({ accelerator: 'CommandOrControl+O', registerAccelerator: false });
    (open?.click as unknown as () => void)();
    expect(ran).toEqual(['file.open']);
  });

  it('writes shortcuts as Electron reads them', () => {
    expect(acceleratorOf('Mod+Shift+D')).toBe('CommandOrControl+Shift+D');
    expect(acceleratorOf('Alt+ArrowLeft')).toBe('Alt+Left');
    expect(acceleratorOf('Mod+,')).toBe('CommandOrControl+,');
  });
});
