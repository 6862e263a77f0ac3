import { app, crashReporter, dialog, protocol } from 'electron';
import { fitThreadPool } from '../../engine';
import { commandLineOf, runCommandLine } from './command-line';
import { usePortableProfile } from './profile';
import { startProgram } from './program';
import { registerPageScheme } from './protocol';
import { guardAllContents } from './security';
import { filesOfCommandLine } from './start-files';
import { taskOfCommandLine } from './tasks';

/** Whether this Electron can show the window: one before 25, named by hand, has no `protocol.handle`. */
function isElectronNewEnough(): boolean {
  if ('handle' in protocol) return true;
  dialog.showErrorBox(
    'Platter needs Electron 25 or newer',
    `This is Electron ${process.versions.electron}. "npm start" takes the right one, or opens Platter in the browser.`,
  );
  app.exit(1);
  return false;
}

/** The window and all that belongs to it. */
function openDesktop(): void {
  if (!isElectronNewEnough()) return;
  fitThreadPool();
  // Crash dumps stay on this machine; they are for the person to pass on.
  crashReporter.start({ uploadToServer: false });
  usePortableProfile();
  // Chromium cannot be sandboxed as root; whoever passes --no-sandbox knows. Everywhere else every page is.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerPageScheme();
  guardAllContents();

  const named = filesOfCommandLine(process.argv, process.cwd());
  // The first instance gets our files by additionalData: Chromium reorders and extends a second start's argv.
  const task = taskOfCommandLine(process.argv);
  if (app.requestSingleInstanceLock({ files: named, task })) startProgram(named, task);
  else app.quit();
}

const ownCommandLine = commandLineOf(process.argv);
if (ownCommandLine) runCommandLine(ownCommandLine);
else openDesktop();
