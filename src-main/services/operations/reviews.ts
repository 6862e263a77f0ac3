import { randomUUID } from 'node:crypto';
import { requireReviewed, reviewOutdated, type ReviewedFile } from '../../jobs';

/** A wizard asks again after every change of its form; who returns to an older one than these has to look again. */
const REVIEWS_MAX = 512;

/** The states of files that reviews showed, by a token that says nothing about them. */
export class Reviews {
  readonly #byToken = new Map<string, readonly ReviewedFile[]>();

  remember(files: readonly ReviewedFile[]): string {
    const token = randomUUID();
    this.#byToken.set(token, files);
    for (const oldest of this.#byToken.keys()) {
      if (this.#byToken.size <= REVIEWS_MAX) break;
      this.#byToken.delete(oldest);
    }
    return token;
  }

  /**
   * What a review showed, where all of it is still so.
   * @param paths the files that the operation would read now.
   * @throws AppError `file-changed`.
   */
  async require(token: string, paths: readonly string[]): Promise<readonly ReviewedFile[]> {
    const files = this.#byToken.get(token);
    if (!files) throw reviewOutdated('The review is too old, or Platter was started anew since it was made.');
    await requireReviewed(files);
    const reviewed = new Set(files.map(({ path }) => path));
    const isSame = reviewed.size === new Set(paths).size && paths.every((path) => reviewed.has(path));
    if (!isSame) throw reviewOutdated('The operation would not read the same files as when it was reviewed.');
    return files;
  }
}
