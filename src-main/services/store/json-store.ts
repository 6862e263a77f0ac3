import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../engine';

/**
 * One small JSON document, kept atomically: written under another name, flushed, then renamed. A document that
 * cannot be read is set aside as `<name>.damaged` and the defaults are used, so that a broken file never stops the
 * program and never loses what it held.
 */
export class JsonStore<T> {
  readonly #file: string;
  readonly #read: (raw: unknown) => T;
  #loading: Promise<unknown> | undefined;
  #value: T | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** @param read turns whatever the file held (or undefined) into a whole value, by defaults where needed. */
  constructor(file: string, read: (raw: unknown) => T) {
    this.#file = file;
    this.#read = read;
  }

  async get(): Promise<T> {
    this.#loading ??= this.#load();
    const raw = await this.#loading;
    this.#value ??= this.#read(raw);
    return this.#value;
  }

  /** Writes are one after another; the last one wins. */
  async set(value: T): Promise<void> {
    this.#value = value;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#save());
    await this.#writing;
  }

  /** A new value made from the current one; no other change comes between. */
  async update(change: (value: T) => T): Promise<T> {
    const loaded = await this.get();
    // Another update may have gone on while this one waited.
    const next = change(this.#value ?? loaded);
    await this.set(next);
    return next;
  }

  async #load(): Promise<unknown> {
    let text: string;
    try {
      text = await fs.readFile(this.#file, 'utf8');
    } catch {
      return undefined;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      await fs.rename(this.#file, `${this.#file}.damaged`).catch(() => undefined);
      return undefined;
    }
  }

  async #save(): Promise<void> {
    await makeFolder(path.dirname(this.#file));
    const temporary = `${this.#file}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const handle = await fs.open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(JSON.stringify(this.#value, null, 2));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.rename(temporary, this.#file);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw error;
    }
  }
}
