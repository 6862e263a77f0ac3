import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { describe } from 'vitest';
import { writeSparseFile } from './temp';

/** Guest content on which at least two independent readers agreed. */
export interface Golden {
  readonly size: number;
  /** First 16 hex digits of the sha256 of the guest-visible bytes. */
  readonly sha256_16: string;
  readonly readers: readonly string[];
  /** `size:sha256_16` of those that disagreed. */
  readonly dissent: Readonly<Record<string, readonly string[]>>;
}

/** What the corpus' manifest says of an image. */
export interface CorpusEntry {
  readonly name: string;
  readonly file: string;
  readonly gz: string;
  /** Bytes and sha256 of the image file. */
  readonly size: number;
  readonly sha256: string;
  readonly type: number;
  /** The four characters with `\0` written out. */
  readonly app: string;
  readonly cur: number;
  readonly orig: number;
  readonly uuid: string;
  readonly cksum_ok: boolean;
  readonly source: string;
  readonly golden?: Golden;
  readonly peers: Readonly<Record<string, unknown>>;
}

/** Where the images are: VHD_CORPUS, or `../shared/corpus` beside the repository. Null where there are none. */
export function corpusFolder(): string | null {
  const folder =
    process.env['VHD_CORPUS'] ?? path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'corpus');
  return fs.existsSync(path.join(folder, 'manifest.json')) ? folder : null;
}

/** A describe block over the corpus; skipped, with the reason printed, where the corpus is absent. */
export function describeCorpus(title: string, block: (corpus: Corpus) => void): void {
  const folder = corpusFolder();
  if (folder !== null) {
    const corpus = new Corpus(folder);
    describe(title, () => block(corpus));
    return;
  }
  console.warn(`SKIPPED "${title}": no corpus; set VHD_CORPUS to its folder`);
  describe.skip(`${title} (skipped: no corpus, set VHD_CORPUS)`, () => undefined);
}

export class Corpus {
  readonly folder: string;
  readonly entries: readonly CorpusEntry[];

  constructor(folder: string) {
    this.folder = folder;
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Record<
      string,
      Omit<CorpusEntry, 'name'>
    >;
    this.entries = Object.entries(manifest).map(([name, entry]) => ({ ...entry, name }));
  }

  entry(name: string): CorpusEntry {
    const entry = this.entries.find((one) => one.name === name);
    if (!entry) throw new Error(`the corpus has no ${name}`);
    return entry;
  }

  get withGolden(): readonly (CorpusEntry & { readonly golden: Golden })[] {
    return this.entries.filter((entry): entry is CorpusEntry & { readonly golden: Golden } => !!entry.golden);
  }

  /**
   * Entries that may belong to one chain with `name`, itself included: those of its folder, or, for images at the
   * top, those of the same tool (the name up to its first hyphen).
   */
  group(name: string): readonly CorpusEntry[] {
    const groupOf = (one: string): string =>
      one.includes('/') ? one.slice(0, one.indexOf('/') + 1) : (one.split('-')[0] ?? one);
    return this.entries.filter((entry) => groupOf(entry.name) === groupOf(name));
  }

  /** The image file's bytes, proven by their sha256. */
  bytes(name: string): Buffer {
    const entry = this.entry(name);
    const bytes = zlib.gunzipSync(fs.readFileSync(path.join(this.folder, entry.gz)));
    const sha256 = crypto.createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== entry.sha256) throw new Error(`${name} of the corpus is not what its manifest says`);
    return bytes;
  }

  /** Unpacks one image under its original name and returns its path; holes where it has long runs of zeros. */
  unpack(name: string, intoFolder: string): string {
    const target = path.join(intoFolder, path.basename(name));
    if (!fs.existsSync(target)) writeSparseFile(target, this.bytes(name));
    return target;
  }

  /** Unpacks an image with everything that may be its parent into one folder and returns the image's path. */
  unpackGroup(name: string, intoFolder: string): string {
    for (const entry of this.group(name)) this.unpack(entry.name, intoFolder);
    const raw = path.join(this.folder, 'images', 'tap-rawparent.raw.gz');
    if (name.startsWith('tap-') && fs.existsSync(raw)) {
      writeSparseFile(path.join(intoFolder, 'tap-rawparent.raw'), zlib.gunzipSync(fs.readFileSync(raw)));
    }
    return path.join(intoFolder, path.basename(name));
  }
}
