import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { CliIo } from './io';

/**
 * Calls back for every line that a person ends in the terminal, until `io.signal`. Where standard input is none, or
 * this process is in its background, nothing is read.
 * @returns whether Enter is listened to now.
 */
export function onEnter(
  io: Pick<CliIo, 'stdin' | 'stdinIsTerminal' | 'signal'>,
  callback: () => void,
  mayRead: () => boolean = isInForeground,
): boolean {
  // The stream is opened by touching it: only where it is a terminal.
  if (!io.stdinIsTerminal) return false;
  const { stdin, signal } = io;
  const listen = (): boolean => {
    const isAllowed = !signal.aborted && mayRead();
    if (isAllowed) stdin.resume();
    else stdin.pause();
    return isAllowed;
  };
  // Before there is a listener, which would begin to read.
  stdin.pause();
  // A terminal gives whole lines; a line that came in pieces ends once.
  stdin.on('data', (chunk: Uint8Array | string) => {
    if (chunk.toString().includes('\n')) callback();
  });
  // After Ctrl+Z and "bg" the lines are the shell's again: to ask for one would stop this process once more.
  if (process.platform !== 'win32') process.on('SIGCONT', listen);
  signal.addEventListener(
    'abort',
    () => {
      process.off('SIGCONT', listen);
      stdin.pause();
    },
    { once: true },
  );
  return listen();
}

/** Whether this process may read from its terminal: a background one is stopped by the system for trying. */
function isInForeground(): boolean {
  try {
    if (process.platform === 'win32') return true;
    if (process.platform === 'linux') {
      // Behind the name, which may hold anything: state, parent, own group, session, terminal, its foreground group.
      const fields = readFileSync('/proc/self/stat', 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[2] === fields[5];
    }
    const args = ['-o', 'stat=', '-p', String(process.pid)];
    return execFileSync('ps', args, {
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2_000,
    }).includes('+');
  } catch {
    return false;
  }
}
