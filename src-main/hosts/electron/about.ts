import { app, clipboard, dialog, type BrowserWindow } from 'electron';
import type { AppFacts } from '../../../src-shared/ipc/contract';

/** The versions, to read and to copy into a report. */
export async function showAbout(facts: AppFacts, window: BrowserWindow | null): Promise<void> {
  const lines = Object.entries(facts.versions).map(([name, version]) => `${name} ${version}`);
  const options = {
    type: 'info' as const,
    title: 'About Platter',
    message: 'Platter, the VHD workbench',
    detail: lines.join('\n'),
    buttons: ['Close', 'Copy'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  if (response === 1) await Promise.resolve(clipboard.writeText(lines.join('\n')));
}

export function setAboutPanel(facts: AppFacts): void {
  app.setAboutPanelOptions({
    applicationName: 'Platter',
    applicationVersion: facts.version,
    version: Object.entries(facts.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  });
}
