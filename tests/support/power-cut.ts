/**
 * Records what a whole verb does to the files of a folder, through the engine's own files, and gives back what the
 * folder may look like after a power cut at any of its moments: for each file what was flushed, and of the rest all,
 * nothing, or an arbitrary torn part in arbitrary order. Small files only: every state is a copy.
 */
import fs from 'node:fs';
import path from 'node:path';
import { vi } from 'vitest';
import { NodeFile } from '../../src-main/engine/io';
import { CrashFile } from './crash-file';
import { seededRandom } from './random';

/** The files of the folder, by their names, at one moment. */
interface Moment {
  readonly label: string;
  readonly files: readonly { readonly name: string; readonly mirror: CrashFile; readonly reached: number }[];
}

/** What was left of the folder. */
export interface CutFolder {
  readonly label: string;
  /** Names and contents. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export class PowerCutRecorder {
  readonly #folder: string;
  readonly #mirrors = new Map<string, CrashFile>();
  readonly #moments: Moment[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    for (const { key, file } of this.#listFiles())
      this.#mirrors.set(key, new CrashFile(fs.readFileSync(file), file));
  }

  /** Runs `verb` over the folder and records it. */
  static async record(folder: string, verb: () => Promise<unknown>): Promise<PowerCutRecorder> {
    const recorder = new PowerCutRecorder(folder);
    recorder.#note('before anything');
    recorder.#listen();
    try {
      await verb();
    } finally {
      vi.restoreAllMocks();
    }
    recorder.#note('at the end');
    return recorder;
  }

  get momentCount(): number {
    return this.#moments.length;
  }

  /**
   * States of the folder at up to `momentsMax` of its moments, the last always among them: per moment everything that
   * was written, nothing unflushed, and two torn mixtures.
   */
  async *cuts(momentsMax: number, seed: number): AsyncGenerator<CutFolder> {
    const random = seededRandom(seed);
    const last = this.#moments.length - 1;
    for (const [index, moment] of this.#moments.entries()) {
      if (index !== last && random() > momentsMax / this.#moments.length) continue;
      const choices = ['everything' as const, () => 1, random, random];
      for (const [sample, choice] of choices.entries()) {
        const files = [];
        for (const { name, mirror, reached } of moment.files)
          files.push({ name, bytes: await mirror.cutAt(reached, choice) });
        yield { label: `moment ${index} (${moment.label}), sample ${sample}, seed ${seed}`, files };
      }
    }
  }

  #listen(): void {
    const listen = (name: 'writeAt' | 'setSize' | 'zeroRange' | 'flush'): void => {
      const original = NodeFile.prototype[name] as (...args: unknown[]) => Promise<void>;
      const note = (file: NodeFile, label: string): void => this.#note(label, file);
      const mirrorOf = (file: NodeFile): CrashFile => this.#mirrorOf(file);
      vi.spyOn(NodeFile.prototype, name).mockImplementation(async function (
        this: NodeFile,
        ...args: unknown[]
      ) {
        await original.apply(this, args);
        const mirror = mirrorOf(this) as unknown as Record<
          typeof name,
          (...args: unknown[]) => Promise<void>
        >;
        await mirror[name](...args);
        note(this, `${name} ${typeof args[1] === 'number' ? args[1] : ''} of ${path.basename(this.path)}`);
      });
    };
    for (const name of ['writeAt', 'setSize', 'zeroRange', 'flush'] as const) listen(name);
  }

  #mirrorOf(file: NodeFile): CrashFile {
    const { dev, ino } = fs.fstatSync(file.fd);
    const key = `${dev}:${ino}`;
    const mirror = this.#mirrors.get(key) ?? new CrashFile(new Uint8Array(0), file.path);
    this.#mirrors.set(key, mirror);
    return mirror;
  }

  #note(label: string, changed?: NodeFile): void {
    if (changed && path.dirname(changed.path) !== this.#folder) return;
    const files = this.#listFiles().flatMap(({ name, key }) => {
      const mirror = this.#mirrors.get(key);
      return mirror ? [{ name, mirror, reached: mirror.log.length }] : [];
    });
    this.#moments.push({ label, files });
  }

  #listFiles(): { name: string; key: string; file: string }[] {
    return fs.readdirSync(this.#folder).flatMap((name) => {
      const file = path.join(this.#folder, name);
      const stats = fs.statSync(file);
      return stats.isFile() ? [{ name, key: `${stats.dev}:${stats.ino}`, file }] : [];
    });
  }
}
