// What the tests use of ws (Node 20 has no WebSocket of its own); its types are a package of their own.
declare module 'ws' {
  import type { EventEmitter } from 'node:events';

  export class WebSocket extends EventEmitter {
    constructor(address: string);
    send(text: string): void;
    close(): void;
  }
}
