import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Wrong tokens before all are refused for a while. The token cannot be guessed; this keeps a guesser quiet. */
const WRONG_TOKENS_MAX = 10;
const WRONG_TOKENS_WINDOW_MS = 60_000;
/** Tokens that were given out before the present one and are still told from wrong ones. */
const FORMER_TOKENS_MAX = 100;

export type TokenAnswer = 'accepted' | 'used' | 'wrong' | 'too-many';

/**
 * Who may use the door: whoever has the token of the address that was printed last gets a cookie for it, once. Both
 * are random, live in memory only and end with the server.
 */
export class Session {
  #token = newToken();
  #formerTokens: string[] = [];
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #now: () => number;
  #isTokenUsed = false;
  #wrong: number[] = [];
  #cookieName = 'platter';

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Cookies are shared by all ports of a host: two servers must not take each other's away. */
  bindTo(port: number): void {
    this.#cookieName = `platter-${port}`;
  }

  get token(): string {
    return this.#token;
  }

  /** Makes another token for another browser; the one before works no more, used or not. */
  renewToken(): string {
    this.#formerTokens = [this.#token, ...this.#formerTokens].slice(0, FORMER_TOKENS_MAX);
    this.#token = newToken();
    this.#isTokenUsed = false;
    return this.#token;
  }

  /** Tries a token; the right one works once. */
  tryToken(candidate: string): TokenAnswer {
    const now = this.#now();
    this.#wrong = this.#wrong.filter((at) => now - at < WRONG_TOKENS_WINDOW_MS);
    if (this.#wrong.length >= WRONG_TOKENS_MAX) return 'too-many';
    if (!isEqual(candidate, this.#token)) {
      if (this.#formerTokens.some((former) => isEqual(candidate, former))) return 'used';
      this.#wrong.push(now);
      return 'wrong';
    }
    if (this.#isTokenUsed) return 'used';
    this.#isTokenUsed = true;
    return 'accepted';
  }

  /** The header value that gives a browser its session. Scripts cannot read it, other sites' pages do not send it. */
  cookie(): string {
    return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isSignedIn(request: IncomingMessage): boolean {
    for (const pair of (request.headers.cookie ?? '').split(';')) {
      const equals = pair.indexOf('=');
      if (equals > 0 && pair.slice(0, equals).trim() === this.#cookieName)
        return isEqual(pair.slice(equals + 1).trim(), this.#secret);
    }
    return false;
  }
}

const newToken = (): string => randomBytes(32).toString('base64url');

/** Compares in a time that tells nothing about where two texts differ. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
