import { shallowRef } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import type { OwnerSpan } from '../../../src-shared/ipc';
import { api } from '../../api';

const PAGE_BYTES = 16 * 1024;
const PAGES_MAX = 256;

interface Page {
  readonly bytes: Uint8Array;
  readonly owners: readonly OwnerSpan[];
}

export interface HexSourceOptions {
  /** Ask who owns each byte, too. On unless switched off. */
  readonly owners?: boolean;
  /** The disk that a guest sees instead of the file; such bytes have no owner. */
  readonly guest?: boolean;
}

/**
 * The bytes of a file of any size, and who owns each, by pages fetched on demand. `version` counts arrivals, so that
 * what was drawn without a page is drawn again with it.
 */
export class HexSource {
  readonly version = shallowRef(0);
  readonly fileSizeBytes = shallowRef(0);
  readonly error = shallowRef<AppError | null>(null);
  readonly #fileId: string;
  readonly #options: HexSourceOptions;
  readonly #pages = new Map<number, Page>();
  readonly #pending = new Set<number>();

  constructor(fileId: string, fileSizeBytes: number, options: HexSourceOptions = {}) {
    this.#fileId = fileId;
    this.#options = options;
    this.fileSizeBytes.value = fileSizeBytes;
  }

  /** The byte at an offset; null past the end or while its page is on its way. */
  byteAt(offset: number): number | null {
    const page = this.#page(Math.floor(offset / PAGE_BYTES));
    return page?.bytes[offset % PAGE_BYTES] ?? null;
  }

  /** Who owns the byte; null while that is not known yet. */
  ownerAt(offset: number): OwnerSpan | null {
    const page = this.#page(Math.floor(offset / PAGE_BYTES));
    return page?.owners.find((span) => offset >= span.offset && offset < span.offset + span.length) ?? null;
  }

  /** `[offset, offset + length)` in one go, once it is there. @throws AppError */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const { bytes } = await api().call('image.bytes', { ...this.#place, offset, length });
    return bytes;
  }

  get #place(): { fileId: string; guest?: boolean } {
    return { fileId: this.#fileId, ...(this.#options.guest ? { guest: true } : {}) };
  }

  #page(index: number): Page | null {
    if (index < 0) return null;
    const known = this.#pages.get(index);
    if (known) return known;
    if (index * PAGE_BYTES < this.fileSizeBytes.value && !this.#pending.has(index)) void this.#fetch(index);
    return null;
  }

  async #fetch(index: number): Promise<void> {
    this.#pending.add(index);
    const range = { offset: index * PAGE_BYTES, length: PAGE_BYTES };
    const wantsOwners = this.#options.owners !== false && !this.#options.guest;
    try {
      const [view, owned] = await Promise.all([
        api().call('image.bytes', { ...this.#place, ...range }),
        wantsOwners ? api().call('image.owners', { fileId: this.#fileId, ...range }) : { spans: [] },
      ]);
      const oldest = this.#pages.keys().next().value;
      if (this.#pages.size >= PAGES_MAX && oldest !== undefined) this.#pages.delete(oldest);
      this.#pages.set(index, { bytes: view.bytes, owners: owned.spans });
      this.fileSizeBytes.value = view.fileSizeBytes;
      this.#pending.delete(index);
      this.version.value += 1;
    } catch (error) {
      // Stays pending: one failure is shown, not one a frame.
      this.error.value = asAppError(error);
    }
  }
}
