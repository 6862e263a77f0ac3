import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { AppError } from '../../../src-shared/errors';
import { createHandlers } from '../../ipc/handlers';
import { createServices } from '../../services/app';
import { FolderRoots } from '../../services/files/roots';
import { PageFiles } from '../../services/page/page-files';
import { dataFolder } from '../../services/store/data-folder';
import { EventStreams } from './event-stream';
import { openBrowser } from './open-browser';
import { route } from './router';
import { Session } from './session';

export interface ServeOptions {
  /** 0: a free one. */
  readonly port: number;
  /** Folders whose files may be looked at and changed. */
  readonly roots: readonly string[];
  /** Show the address in the system's browser. */
  readonly open: boolean;
  /** Ends the server. */
  readonly signal?: AbortSignal | undefined;
  /** The built page; beside this bundle's folder unless given. */
  readonly rendererFolder?: string | undefined;
  readonly workerPath?: string | undefined;
  readonly dataFolder?: string | undefined;
  /** How long a client may take to send its headers, and its whole request. */
  readonly headersTimeoutMs?: number | undefined;
  readonly requestTimeoutMs?: number | undefined;
}

export interface RunningServer {
  /** With the one-time token; for the person's eyes only. */
  readonly url: string;
  /** Such an address for another browser; those before it work no more. */
  renewUrl(): string;
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;
const CONNECTIONS_MAX = 256;

/**
 * The workbench for a browser of this machine, or of one that tunnels to it: on the loopback address only, behind a
 * one-time token.
 * @throws AppError `bad-value` where the port cannot be had, `file-not-found` where a root does not exist.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const services = createServices({
    door: 'browser',
    dataFolder: options.dataFolder ?? dataFolder(),
    roots: rootsOf(options.roots),
    dialogs: null,
    workerPath: options.workerPath,
  });
  const session = new Session();
  const streams = new EventStreams();
  services.events.onAny((name, payload) => streams.emit(name, payload));
  const page = new PageFiles(options.rendererFolder ?? path.join(__dirname, '..', 'renderer'));
  const parts = { session, streams, page, handlers: createHandlers(services) };
  const server = http.createServer(
    {
      headersTimeout: options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS,
      requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => void route(parts, request, response),
  );
  server.maxConnections = CONNECTIONS_MAX;
  // Half a request, or none that can be read: say nothing and hang up.
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await listen(server, options.port);
  session.bindTo(port);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeAll());
  async function closeAll(): Promise<void> {
    streams.close();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await services.close();
    await closed;
  }
  options.signal?.addEventListener('abort', () => void close(), { once: true });
  const address = (token: string): string => `http://127.0.0.1:${port}/?token=${token}`;
  const url = address(session.token);
  if (options.open) openBrowser(url);
  return { url, renewUrl: () => address(session.renewToken()), close };
}

function rootsOf(folders: readonly string[]): FolderRoots {
  try {
    return new FolderRoots(folders);
  } catch (error) {
    const at = (error as { path?: unknown }).path;
    throw new AppError(
      'file-not-found',
      `The folder "${typeof at === 'string' ? at : folders.join(', ')}" does not exist.`,
      {
        cause: error,
      },
    );
  }
}

function listen(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is used by another program'
          : error.code === 'EACCES'
            ? 'may not be used by this account'
            : `cannot be listened on (${error.code ?? error.message})`;
      reject(
        new AppError('bad-value', `Port ${port} ${why}.`, {
          hint: 'Choose another one with --port, or leave it out.',
          cause: error,
        }),
      );
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
