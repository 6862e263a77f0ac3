import { app, Menu } from 'electron';
import { menuTemplate, type MenuActions } from './menu-template';

/** Puts the system's menu up. */
export function setMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, actions, app.isPackaged)));
}
