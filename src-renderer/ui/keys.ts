const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

const MAC_NAMES: Readonly<Record<string, string>> = {
  Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃', Enter: '↩', Escape: 'esc', Backspace: '⌫',
  ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→',
}; // prettier-ignore
const OTHER_NAMES: Readonly<Record<string, string>> = {
  Mod: 'Ctrl', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→',
}; // prettier-ignore

/** The caps of a shortcut such as `Mod+Shift+P`, as this system writes them. */
export function shortcutCaps(shortcut: string): string[] {
  const names = isMac() ? MAC_NAMES : OTHER_NAMES;
  return shortcut.split('+').map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

/** True when the event is the shortcut. `Mod` is Command on a Mac, Control elsewhere. */
export function matchesShortcut(event: KeyboardEvent, shortcut: string): boolean {
  const parts = shortcut.split('+');
  const key = parts[parts.length - 1] ?? '';
  const wanted = new Set(parts.slice(0, -1));
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  const ctrl = isMac() ? event.ctrlKey : false;
  const meta = isMac() ? false : event.metaKey;
  if (mod !== wanted.has('Mod') || event.altKey !== wanted.has('Alt') || ctrl !== wanted.has('Ctrl') || meta)
    return false;
  // A sign such as "?" needs Shift on some keyboards and not on others: the sign itself decides.
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  if (!isSign && event.shiftKey !== wanted.has('Shift')) return false;
  return (
    event.key.toLowerCase() === key.toLowerCase() || (/^[a-z0-9]$/i.test(key) && event.code === codeOf(key))
  );
}

const codeOf = (key: string): string => (/[0-9]/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`);
