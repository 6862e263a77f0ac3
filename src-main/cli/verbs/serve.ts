import path from 'node:path';
import { serve } from '../../hosts/web/serve';
import { onEnter } from '../on-enter';
import { toJsonText } from '../json';
import { countOption } from '../values';
import { EXIT_DONE, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'serve',
    usage: ['serve [--port N] [--root DIR…] [--no-open]'],
    about: [
      'The workbench in a browser: on this machine only (loopback), and only for who has the address with its one-time token. Files outside the folders named with --root cannot be reached.',
      'The address works once, in one browser, which is then known until the server ends. Enter prints another address for another browser; the one before then works no more. Ctrl+C ends it.',
    ],
    operands: [],
    options: [
      { name: 'port', value: 'N', text: 'Port on 127.0.0.1; a free one unless given.' },
      {
        name: 'root',
        value: 'DIR',
        several: true,
        text: 'Folders it may use; the current folder unless given.',
      },
      { name: 'no-open', text: 'Print the address, and open no browser.' },
    ],
    examples: [
      { command: 'platter serve --root /srv/images', says: 'Opens the browser on a folder of images.' },
      {
        command: 'platter serve --no-open --port 8300',
        says: 'For a server: tunnel the port with ssh -L 8300:127.0.0.1:8300 and open the printed address.',
      },
    ],
  },
  async run(args, context) {
    const given = args.values('root');
    const roots = (given.length === 0 ? ['.'] : given).map((root) => path.resolve(root));
    const { io, json, signal, style } = context;
    const server = await serve({
      port: countOption(args, 'port', 0, 65_535) ?? 0,
      roots,
      open: !args.flag('no-open'),
      signal,
    });
    const at = (url: string): string => `${style.strong('Platter')} is at ${style.accent(url)}`;
    const renew = (): void => void io.stdout.write(`${at(server.renewUrl())}\n`).catch(() => undefined);
    const isListening = !json && onEnter(io, renew);
    // At once, not at the end: the address is what the person waits for.
    const lines = [
      at(server.url),
      isListening
        ? 'The address works once, in one browser. Enter prints another one, Ctrl+C ends it.'
        : 'The address works once, in one browser; for another one start it again. Ctrl+C ends it.',
      '',
    ];
    await io.stdout.write(json ? `${toJsonText({ url: server.url, roots })}\n` : lines.join('\n'));
    await ended(signal);
    await server.close();
    return EXIT_DONE;
  },
};

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
