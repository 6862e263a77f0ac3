import { matchesShortcut } from '../ui';
import { allCommands, runCommand } from './registry';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);

/** Listens for every command's shortcut. Keys without Mod or Alt stay with a field that has the focus. */
export function listenForShortcuts(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.repeat) return;
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!modified && isTyping(event.target)) return;
    const inDialog = document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
    for (const command of allCommands.value) {
      if (!command.shortcut || !matchesShortcut(event, command.shortcut)) continue;
      if (inDialog && command.id !== 'palette') return;
      event.preventDefault();
      runCommand(command.id);
      return;
    }
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}
