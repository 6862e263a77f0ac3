import type { MenuItemConstructorOptions } from 'electron';
import { MENU_COMMANDS, SETTINGS_COMMAND, type MenuCommand } from '../../../src-shared/model/menu-command';

export interface MenuActions {
  /** Runs a command of the page's registry. */
  readonly run: (commandId: string) => void;
  readonly about: () => void;
}

type Items = MenuItemConstructorOptions[];

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/** The system's menu, with the roles, places and wording each system has. */
export function menuTemplate(platform: NodeJS.Platform, actions: MenuActions, isPackaged: boolean): Items {
  const isMac = platform === 'darwin';
  const toItem = (command: MenuCommand): MenuItemConstructorOptions => ({
    id: command.id,
    label: isMac ? command.label.replace('&', '') : command.label,
    ...(command.shortcut === null
      ? {}
      : // The page listens for its shortcuts itself; here they are only shown. (A Mac's menu always registers them.)
        { accelerator: acceleratorOf(command.shortcut), registerAccelerator: false }),
    click: () => actions.run(command.id),
  });
  const toItems = (commands: readonly (MenuCommand | null)[]): Items =>
    commands.map((command) => (command === null ? SEPARATOR : toItem(command)));
  const about: MenuItemConstructorOptions = isMac
    ? { role: 'about' }
    : { label: '&About Platter', click: actions.about };
  const settings = toItem(SETTINGS_COMMAND);

  const appMenu: Items = isMac
    ? [
        {
          label: 'Platter',
          submenu: [
            about,
            SEPARATOR,
            settings,
            SEPARATOR,
            { role: 'services' },
            SEPARATOR,
            { role: 'hide' },
            { role: 'hideOthers' },
            { role: 'unhide' },
            SEPARATOR,
            { role: 'quit' },
          ],
        },
      ]
    : [];
  const fileEnd: Items = isMac
    ? [SEPARATOR, { role: 'close' }]
    : [SEPARATOR, settings, SEPARATOR, { role: 'quit', label: platform === 'win32' ? 'E&xit' : '&Quit' }];
  const recent: Items = isMac
    ? [{ role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] }]
    : [];
  return [
    ...appMenu,
    { label: isMac ? 'File' : '&File', submenu: [...toItems(MENU_COMMANDS.file), ...recent, ...fileEnd] },
    { role: 'editMenu' },
    {
      label: isMac ? 'View' : '&View',
      submenu: [
        ...toItems(MENU_COMMANDS.view),
        SEPARATOR,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        SEPARATOR,
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { label: isMac ? 'Go' : '&Go', submenu: toItems(MENU_COMMANDS.go) },
    { role: 'windowMenu' },
    { role: 'help', submenu: [...toItems(MENU_COMMANDS.help), ...(isMac ? [] : [SEPARATOR, about])] },
  ];
}

/** A shortcut of the page as Electron writes it. */
export function acceleratorOf(shortcut: string): string {
  return shortcut
    .split('+')
    .map((part) => (part === 'Mod' ? 'CommandOrControl' : part.replace(/^Arrow/, '')))
    .join('+');
}
