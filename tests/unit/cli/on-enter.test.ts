import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { onEnter } from '../../../src-main/cli/on-enter';

function terminal(stdinIsTerminal = true) {
  const stdin = new PassThrough();
  const controller = new AbortController();
  return { io: { stdin, stdinIsTerminal, signal: controller.signal }, stdin, end: () => controller.abort() };
}

describe('Enter', () => {
  it('is heard at every line, until the end', async () => {
    const { io, stdin, end } = terminal();
    const heard = vi.fn();
    expect(onEnter(io, heard, () => true)).toBe(true);
    stdin.write('\n');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
    stdin.write('yes');
    stdin.write(' please\n');
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
    end();
    expect(stdin.isPaused()).toBe(true);
    expect(process.listeners('SIGCONT')).toHaveLength(0);
  });

  it('is not listened to where standard input is no terminal, whose bytes are left alone', () => {
    const { io, stdin } = terminal(false);
    expect(onEnter(io, vi.fn(), () => true)).toBe(false);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  it.skipIf(process.platform === 'win32')(
    'is left to the shell while this process is in the background',
    async () => {
      const { io, stdin, end } = terminal();
      let isInFront = false;
      const heard = vi.fn();
      expect(onEnter(io, heard, () => isInFront)).toBe(false);
      stdin.write('ls\n');
      await new Promise((resolve) => setImmediate(resolve));
      expect(heard).not.toHaveBeenCalled();
      isInFront = true;
      process.emit('SIGCONT');
      await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1));
      isInFront = false;
      process.emit('SIGCONT');
      stdin.write('ls\n');
      await new Promise((resolve) => setImmediate(resolve));
      expect(heard).toHaveBeenCalledTimes(1);
      end();
    },
  );
});
