import { once } from 'node:events';
import { WebSocket } from 'ws';

// Chromium's DevTools protocol by hand: the packaged program's fuses refuse the inspector that Playwright needs.

interface Reply {
  id?: number;
  result?: unknown;
  error?: { message: string };
}

/** A page of a running program. */
export class PageConnection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const reply = JSON.parse(data.toString()) as Reply;
      if (reply.id !== undefined) this.#waiting.get(reply.id)?.(reply);
    });
  }

  static async open(address: string): Promise<PageConnection> {
    const socket = new WebSocket(address);
    await once(socket, 'open');
    return new PageConnection(socket);
  }

  /** The value of an expression in the page; a promise is awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = (await this.#call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: T }; exceptionDetails?: { text: string } };
    if (answer.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text);
    return answer.result.value;
  }

  /** Asks again until the expression is true; a page that is only just loading has nothing to ask yet. */
  async waitFor(expression: string, limitMs = 20_000): Promise<void> {
    const endsAt = Date.now() + limitMs;
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > endsAt) {
        const text = await this.evaluate<string>('String(document.body?.innerText).slice(0, 1000)');
        throw new Error(`never true: ${expression}\nthe page says:\n${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async screenshot(): Promise<Buffer> {
    const { data } = (await this.#call('Page.captureScreenshot', {})) as { data: string };
    return Buffer.from(data, 'base64');
  }

  close(): void {
    this.#socket.close();
  }

  #call(method: string, params: object): Promise<unknown> {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        this.#waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
