import path from 'node:path';
import type { LocatorFacts } from '../../../src-shared/model/image-info';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import { isSameFile } from '../io';
import { withActualCase } from './actual-case';
import { besideChild, candidatePaths } from './candidate-paths';
import { folderOf } from './image-file';
import { imagesInFolder } from './images-in-folder';
import { inSearchOrder, type ReadLocator } from './locators';
import { isAllowed, type MayOpen } from './may-open';
import { peekImage, type PeekedImage } from './peek-image';

export interface ParentSearchOptions {
  /** Images that may be parents of anything in the chain; asked before the locators, proven by their unique id. */
  readonly parents?: readonly string[] | undefined;
  /** The raw disk at the bottom of the chain; used only where an image says that its parent is raw. */
  readonly rawParent?: string | undefined;
  /** Asked before any path that comes out of an image is touched, and again for what links make of it. */
  readonly mayOpen?: MayOpen | undefined;
  /** How an image is peeked at; a search over many images gives one that remembers. */
  readonly peek?: ((path: string) => Promise<PeekedImage>) | undefined;
}

/** What became of one locator's path. */
export interface LocatorTrial extends LocatorFacts {
  readonly resolves: boolean;
  readonly reason: string;
}

/** The answer to "where is the parent", with what speaks for it. */
export type ParentResolution = { readonly trials: readonly LocatorTrial[] } & (
  | {
      readonly identity: 'proven';
      readonly parent: PeekedImage;
      readonly foundBy: string;
      /** Other files with the same id that the image's own locators led to: copies, of which the first was taken. */
      readonly rivals: readonly string[];
    }
  | { readonly identity: 'raw'; readonly rawPath: string | null }
  | { readonly identity: 'mismatch'; readonly parent: PeekedImage; readonly foundBy: string }
  | { readonly identity: 'ambiguous'; readonly paths: readonly string[] }
  | {
      readonly identity: 'missing';
      readonly tried: readonly string[];
      /** The image names itself: its parent id is its own, and no other image has it. */
      readonly isSelf: boolean;
    }
);

/**
 * Looks for the parent of a differencing image: among the images the person named, by its locators (W2ru, W2ku,
 * MacX, Wi2r, Wi2k), by the parent's name in the child's folder, and by unique id among the images of that folder.
 * Only an equal unique id proves a parent; the timestamp is evidence and never decides (K§3 #42).
 */
export async function resolveParent(
  child: PeekedImage,
  options: ParentSearchOptions = {},
): Promise<ParentResolution> {
  const search = new ParentSearch(child, await folderOf(child.path), options);
  return search.run();
}

class ParentSearch {
  readonly #child: PeekedImage;
  readonly #folder: string;
  readonly #options: ParentSearchOptions;
  readonly #wantedId: string;
  readonly #tried = new Map<string, PeekedImage | null>();
  #metSelf = false;
  #mismatch: { parent: PeekedImage; foundBy: string } | null = null;

  constructor(child: PeekedImage, folder: string, options: ParentSearchOptions) {
    this.#child = child;
    this.#folder = folder;
    this.#options = options;
    this.#wantedId = child.metadata.header?.fields.parentUniqueId ?? NULL_UUID;
  }

  async run(): Promise<ParentResolution> {
    // COMPAT(blktap): a differencing disk whose parent id is null stands on a raw disk, which has no identity.
    if (this.#wantedId === NULL_UUID) {
      return { identity: 'raw', rawPath: this.#options.rawParent ?? null, trials: [] };
    }
    const named = await this.#amongNamed();
    const trials: LocatorTrial[] = [];
    const byLocator = await this.#byLocators(trials);
    const found = named ?? byLocator ?? (await this.#byName());
    if (found) return { identity: 'proven', ...found, rivals: this.#rivalsOf(found.parent), trials };
    const isSelf = this.#namesItself();
    const inFolder = await this.#byUniqueId();
    const [only] = inFolder;
    if (only && inFolder.length === 1) {
      return { identity: 'proven', parent: only, foundBy: 'unique id', rivals: [], trials };
    }
    if (inFolder.length > 1) return { identity: 'ambiguous', paths: inFolder.map((one) => one.path), trials };
    if (this.#mismatch) return { identity: 'mismatch', ...this.#mismatch, trials };
    return { identity: 'missing', tried: [...this.#tried.keys()], isSelf, trials };
  }

  async #amongNamed(): Promise<{ parent: PeekedImage; foundBy: string } | null> {
    for (const named of this.#options.parents ?? []) {
      const image = await this.#peek(path.resolve(named));
      if (image && this.#isWanted(image)) return { parent: image, foundBy: 'named' };
    }
    return null;
  }

  async #byLocators(trials: LocatorTrial[]): Promise<{ parent: PeekedImage; foundBy: string } | null> {
    let found: { parent: PeekedImage; foundBy: string } | null = null;
    for (const locator of inSearchOrder(this.#child.locators)) {
      const { parent, reason } = await this.#tryLocator(locator);
      trials.push({ platform: locator.code, path: locator.path, resolves: parent !== null, reason });
      if (parent && !found) found = { parent, foundBy: locator.code };
    }
    return found;
  }

  async #tryLocator(
    locator: ReadLocator & { readonly path: string },
  ): Promise<{ parent: PeekedImage | null; reason: string }> {
    const candidates = candidatePaths(locator.path, this.#folder);
    if (candidates.length === 0) return { parent: null, reason: 'names no file that may be looked for' };
    let reason = 'no such file';
    for (const candidate of candidates) {
      const image = await this.#peek(candidate.path);
      if (!image) continue;
      const beside =
        candidate.isBaseName && candidates.length === 1 ? ', looked for beside the child only' : '';
      if (this.#isWanted(image))
        return { parent: image, reason: `found, and the unique id is equal${beside}` };
      reason = 'found, but its unique id is another one';
      this.#noteMismatch(image, locator.code);
    }
    return { parent: null, reason };
  }

  async #byName(): Promise<{ parent: PeekedImage; foundBy: string } | null> {
    const candidate = besideChild(this.#child.metadata.header?.fields.parentUnicodeName ?? '', this.#folder);
    const image = candidate ? await this.#peek(candidate.path) : null;
    if (!image) return null;
    if (this.#isWanted(image)) return { parent: image, foundBy: 'name' };
    this.#noteMismatch(image, 'name');
    return null;
  }

  async #byUniqueId(): Promise<readonly PeekedImage[]> {
    const found: PeekedImage[] = [];
    for (const candidate of await imagesInFolder(this.#folder)) {
      const image = await this.#peek(candidate);
      if (image && this.#isWanted(image) && !found.some((one) => isSameFile(one.identity, image.identity))) {
        found.push(image);
      }
    }
    return found;
  }

  /** An image at a path that may be looked at, or null: nothing there, not an image, or the child itself. */
  async #peek(candidate: string): Promise<PeekedImage | null> {
    const known = this.#tried.get(candidate);
    if (known !== undefined) return known;
    const image = await this.#peekAllowed(candidate);
    this.#tried.set(candidate, image);
    return image;
  }

  async #peekAllowed(candidate: string): Promise<PeekedImage | null> {
    const { mayOpen } = this.#options;
    if (mayOpen && !(await mayOpen(candidate))) return null;
    const actual = await withActualCase(candidate);
    if (!(await isAllowed(actual, mayOpen))) return null;
    try {
      const image = await (this.#options.peek ?? peekImage)(actual);
      if (!isSameFile(image.identity, this.#child.identity)) return image;
      this.#metSelf = true;
      return null;
    } catch {
      // whatever keeps it from being read, it is not the parent we can use; the resolution says what was tried
      return null;
    }
  }

  #rivalsOf(parent: PeekedImage): readonly string[] {
    const rivals = [...this.#tried.values()].filter(
      (image): image is PeekedImage =>
        image !== null && this.#isWanted(image) && !isSameFile(image.identity, parent.identity),
    );
    return [...new Set(rivals.map((image) => image.path))];
  }

  /**
   * It was met where a locator or the name leads to. Where neither names a file, its id is all there is: COMPAT(DOSBox-X):
   * gives a child the id of its parent, so that the id alone says nothing while another file is named.
   */
  #namesItself(): boolean {
    const { locators, metadata } = this.#child;
    const namesNothing =
      locators.every((locator) => !locator.path) && metadata.header?.fields.parentUnicodeName === '';
    return (this.#metSelf || namesNothing) && this.#isWanted(this.#child);
  }

  #isWanted(image: PeekedImage): boolean {
    return image.metadata.active?.fields.uniqueId === this.#wantedId;
  }

  #noteMismatch(parent: PeekedImage, foundBy: string): void {
    if (parent.metadata.active) this.#mismatch ??= { parent, foundBy };
  }
}
