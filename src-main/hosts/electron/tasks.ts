import { app, Menu } from 'electron';

/** What the system offers at the program's own icon: a switch of the command line, and the page's command it means. */
export const TASKS = [
  { name: 'create', commandId: 'make.create', title: 'Create a disk' },
  { name: 'open', commandId: 'file.open', title: 'Open an image…' },
  { name: 'guide', commandId: 'file.guide', title: 'What is this file?' },
] as const;

const SWITCH = '--task=';

/** The page's command for what a start, the first or a later one, was asked to do; null for nothing known. */
export function commandOfTask(name: unknown): string | null {
  return TASKS.find((task) => task.name === name)?.commandId ?? null;
}

/** The task that a command line names. */
export function taskOfCommandLine(argv: readonly string[]): string | null {
  return (
    argv
      .slice(1)
      .find((word) => word.startsWith(SWITCH))
      ?.slice(SWITCH.length) ?? null
  );
}

/** The task bar's list on Windows, the dock's on a Mac; on Linux the desktop entry has them (electron-builder.yml). */
export function offerTasks(run: (commandId: string) => void): void {
  if (process.platform === 'win32')
    app.setUserTasks(
      TASKS.map(({ name, title }) => ({
        program: process.execPath,
        arguments: `${SWITCH}${name}`,
        title,
        description: title,
        iconPath: process.execPath,
        iconIndex: 0,
      })),
    );
  app.dock?.setMenu(
    Menu.buildFromTemplate(
      TASKS.map(({ title, commandId }) => ({ label: title, click: () => run(commandId) })),
    ),
  );
}
