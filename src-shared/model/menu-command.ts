/** A command of the page that the system's menu offers, too. The page's registry runs it; main only names it. */
export interface MenuCommand {
  /** Id in the page's command registry. */
  readonly id: string;
  /** Wording of the menu item; the page words its own for palette and buttons. */
  readonly label: string;
  /** As the page's shortcut: `Mod` is Command on a Mac and Control elsewhere. */
  readonly shortcut: string | null;
}

const item = (id: string, label: string, shortcut: string | null = null): MenuCommand => ({
  id,
  label,
  shortcut,
});

/** One table for the native menu and, by its ids and shortcuts, for the page's registry. Null separates. */
export const MENU_COMMANDS = {
  file: [
    item('make.create', '&New Disk…', 'Alt+N'),
    item('file.open', '&Open…', 'Mod+O'),
    item('file.scan', 'Look Through a &Folder…', 'Mod+Shift+O'),
    null,
    item('file.guide', 'What &Is This File?'),
    item('disk.close', '&Close Tab', 'Alt+W'),
  ],
  view: [
    item('palette', '&Command Palette…', 'Mod+K'),
    null,
    item('rail', '&Wide Navigation', 'Mod+B'),
    item('context', 'Context &Panel', 'Mod+Shift+D'),
    item('theme', 'Next &Theme', 'Alt+T'),
  ],
  go: [
    item('back', '&Back', 'Alt+ArrowLeft'),
    item('forward', '&Forward', 'Alt+ArrowRight'),
    null,
    item('go.home', '&Home', 'Mod+1'),
    item('go.disks', 'Open &Disks', 'Mod+2'),
    item('go.chains', '&Chains', 'Mod+3'),
    item('go.jobs', '&Jobs', 'Mod+4'),
    item('go.calculators', 'C&alculators', 'Mod+5'),
    item('go.history', 'H&istory', 'Mod+6'),
    null,
    item('disk.next', 'Next Tab', 'Alt+PageDown'),
    item('disk.previous', 'Previous Tab', 'Alt+PageUp'),
  ],
  help: [item('shortcuts', '&Keyboard Shortcuts', null)],
} as const satisfies Record<string, readonly (MenuCommand | null)[]>;

export const SETTINGS_COMMAND: MenuCommand = item('go.settings', '&Settings…', 'Mod+,');
