import type { OwnerSpan } from '../../../src-shared/ipc/contract';
import { ByteOwners, identityOfPath, readMetadata, type RandomAccessFile } from '../../engine';

/** Images whose owners are kept: two sides of a comparison. */
const KEPT = 2;

interface Known {
  readonly id: string;
  /** Which file in which state. */
  readonly state: string;
  readonly owners: ByteOwners;
}

/**
 * Who owns the bytes of the images looked at last. Sorting a BAT of a million entries takes a good while, and one who
 * scrolls through the bytes asks again for every page.
 */
export class OwnerCache {
  readonly #known: Known[] = [];

  /** @param id tells images apart, states of one image before its changes, too. @throws AppError of kind `system`. */
  async spans(id: string, file: RandomAccessFile, offset: number, length: number): Promise<OwnerSpan[]> {
    const state = JSON.stringify([await identityOfPath(file.path), await file.size()]);
    const found = this.#known.find((known) => known.id === id);
    if (found?.state === state) return found.owners.spans(offset, length);
    const metadata = await readMetadata(file);
    // the file is closed by the time they are asked again
    metadata.bat?.entries.keepInMemory();
    const owners = await ByteOwners.of(file, metadata);
    if (found) this.#known.splice(this.#known.indexOf(found), 1);
    this.#known.push({ id, state, owners });
    if (this.#known.length > KEPT) this.#known.shift();
    return owners.spans(offset, length);
  }
}
