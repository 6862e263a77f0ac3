import fs from 'node:fs/promises';
import { AppError, asAppError } from '../../../src-shared/errors';
import type { ChainImage, ChainProblem, ChainReport } from '../../../src-shared/model/chain';
import type { ParentIdentity } from '../../../src-shared/model/image-info';
import { formatCount } from '../../../src-shared/vhd/format-size';
import { NULL_UUID } from '../../../src-shared/vhd/uuid';
import type { OperationContext } from '../disk';
import { systemError, type FileIdentity } from '../io';
import { edgeProblems, evidenceOf, parentOf, sizeOf } from './edge-evidence';
import { FOLDER_IMAGES_MAX, imagesInFolder } from './images-in-folder';
import { isAllowed } from './may-open';
import { CHAIN_DEPTH_MAX } from './open-disk';
import { peekImage, type PeekedImage } from './peek-image';
import { requireWholeSet } from './split-set';
import { resolveParent, type ParentResolution, type ParentSearchOptions } from './resolve-parent';

export interface ChainReportOptions extends ParentSearchOptions {
  /** For a folder: its sub-folders too. */
  readonly recursive?: boolean | undefined;
}

/** Images of one id that are named with another of them. */
const DUPLICATES_NAMED = 5;

/** An image of the report while it is put together. */
interface Node {
  readonly path: string;
  readonly image: PeekedImage | null;
  readonly resolution: ParentResolution | null;
  readonly problems: ChainProblem[];
}

/**
 * The chain of an image, from it to its base, or every image of a folder with its edges. What is wrong is reported on
 * the image it concerns; only a path that is no file and no folder, or a file that is no VHD, throws.
 */
export async function chainReport(
  path: string,
  options: ChainReportOptions = {},
  context: OperationContext = {},
): Promise<ChainReport> {
  const stats = await fs.stat(path).catch((error: unknown) => {
    throw systemError(error, { path, operation: 'open' });
  });
  const walker = new ChainWalker(options, context);
  const nodes = stats.isDirectory() ? await walker.folder(path) : await walker.file(path);
  const images = withDepths(nodes);
  return walker.isCut ? { images, cutAtImages: FOLDER_IMAGES_MAX } : { images };
}

class ChainWalker {
  readonly #options: ChainReportOptions;
  readonly #context: OperationContext;
  readonly #peeked = new Map<string, Promise<PeekedImage>>();
  /** The folder has, or may have, more images than were looked at. */
  isCut = false;

  constructor(options: ChainReportOptions, context: OperationContext) {
    this.#options = options;
    this.#context = context;
  }

  async file(path: string): Promise<Node[]> {
    const first = await this.#peek(path);
    if (!first.metadata.active && !first.metadata.header) {
      await requireWholeSet(path);
      throw new AppError('no-metadata', `"${path}" has neither a footer nor a dynamic disk header.`, {
        context: { path },
      });
    }
    const nodes: Node[] = [];
    const seen = new Set<string>();
    for (let image: PeekedImage | null = first; image !== null;) {
      const node: Node = await this.#nodeOf(image.path);
      nodes.push(node);
      seen.add(keyOf(image.identity));
      const parent: PeekedImage | null = node.resolution ? parentOf(node.resolution) : null;
      if (parent && seen.has(keyOf(parent.identity))) {
        node.problems.push(loopProblem(parent.path));
        break;
      }
      if (parent && nodes.length >= CHAIN_DEPTH_MAX) {
        const message = `The chain goes on beyond ${CHAIN_DEPTH_MAX} images.`;
        node.problems.push({ code: 'chain-too-deep', severity: 'error', message });
        break;
      }
      image = parent;
    }
    return nodes;
  }

  async folder(path: string): Promise<Node[]> {
    const nodes: Node[] = [];
    const files = await imagesInFolder(path, this.#options.recursive === true);
    this.isCut = files.length >= FOLDER_IMAGES_MAX;
    for (const file of files) {
      if (this.#context.signal?.aborted) throw new AppError('cancelled', 'The search was cancelled.');
      if (!(await isAllowed(file, this.#options.mayOpen))) continue;
      nodes.push(await this.#nodeOf(file));
    }
    noteDuplicates(nodes);
    noteLoops(nodes);
    return nodes;
  }

  async #nodeOf(path: string): Promise<Node> {
    try {
      const image = await this.#peek(path);
      const problems: ChainProblem[] = [];
      if (!image.metadata.active) {
        const message = 'No footer can be found; this may not be a VHD image.';
        problems.push({ code: 'unreadable', severity: 'error', message });
      }
      if (image.metadata.type !== 'differencing') return { path, image, resolution: null, problems };
      const peek = (candidate: string): Promise<PeekedImage> => this.#peek(candidate);
      const resolution = await resolveParent(image, { ...this.#options, peek });
      return { path, image, resolution, problems: [...problems, ...edgeProblems(image, resolution)] };
    } catch (error) {
      const { message } = asAppError(error);
      return {
        path,
        image: null,
        resolution: null,
        problems: [{ code: 'unreadable', severity: 'error', message }],
      };
    }
  }

  #peek(path: string): Promise<PeekedImage> {
    const known = this.#peeked.get(path);
    if (known) return known;
    const peeking = peekImage(path);
    this.#peeked.set(path, peeking);
    return peeking;
  }
}

const keyOf = (identity: FileIdentity): string => `${identity.device}:${identity.inode}`;

function loopProblem(parentPath: string): ChainProblem {
  return { code: 'chain-loop', severity: 'error', message: `The chain comes back to "${parentPath}".` };
}

function noteDuplicates(nodes: readonly Node[]): void {
  const byId = new Map<string, Node[]>();
  for (const node of nodes) {
    const id = node.image?.metadata.active?.fields.uniqueId ?? NULL_UUID;
    if (id !== NULL_UUID) byId.set(id, [...(byId.get(id) ?? []), node]);
  }
  for (const [id, sharers] of byId) {
    if (new Set(sharers.map((node) => node.image && keyOf(node.image.identity))).size < 2) continue;
    for (const node of sharers) {
      const others = sharers.filter((one) => one !== node).map((one) => one.path);
      const left = others.length - DUPLICATES_NAMED;
      const more = left > 0 ? ` and ${formatCount(left)} more` : '';
      const message = `The unique id ${id} is also that of ${others.slice(0, DUPLICATES_NAMED).join(', ')}${more}.`;
      node.problems.push({ code: 'duplicate-id', severity: 'warning', message });
    }
  }
}

function noteLoops(nodes: readonly Node[]): void {
  const parents = parentIndex(nodes);
  for (const node of nodes) {
    const seen = new Set<string>();
    let at = node.image ? keyOf(node.image.identity) : null;
    while (at !== null && !seen.has(at)) {
      seen.add(at);
      at = parents.get(at) ?? null;
    }
    // only those on the loop itself; a child of one has a broken ancestor, not a loop
    if (at !== null && node.image && at === keyOf(node.image.identity))
      node.problems.push(loopProblem(node.path));
  }
}

/** Identity of each image to that of its parent. */
function parentIndex(nodes: readonly Node[]): Map<string, string> {
  const parents = new Map<string, string>();
  for (const { image, resolution } of nodes) {
    const parent = resolution ? parentOf(resolution) : null;
    if (image && parent) parents.set(keyOf(image.identity), keyOf(parent.identity));
  }
  return parents;
}

function withDepths(nodes: readonly Node[]): ChainImage[] {
  const byKey = new Map(
    nodes.flatMap((node) => (node.image ? [[keyOf(node.image.identity), node] as const] : [])),
  );
  return nodes.map((node) => toChainImage(node, depthOf(node, byKey)));
}

/** Number of ancestors; null where a loop or a parent that is missing or not the right one hides it. */
function depthOf(node: Node, byKey: ReadonlyMap<string, Node>): number | null {
  let depth = 0;
  for (let at: Node | undefined = node; depth < CHAIN_DEPTH_MAX; depth += 1) {
    if (!at?.image?.metadata.active) return null;
    if (at.image.metadata.type !== 'differencing') return depth;
    if (at.resolution?.identity === 'raw') return depth + 1;
    if (at.resolution?.identity !== 'proven') return null;
    at = byKey.get(keyOf(at.resolution.parent.identity)) ?? outsideNode(at.resolution.parent);
  }
  return null;
}

/** A parent that lies outside the folder looked at: known to be there, its own parents not followed. */
function outsideNode(image: PeekedImage): Node {
  return { path: image.path, image, resolution: null, problems: [] };
}

function toChainImage(node: Node, depth: number | null): ChainImage {
  const { path, image, resolution, problems } = node;
  const header = image?.metadata.type === 'differencing' ? image.metadata.header : null;
  return {
    path,
    uniqueId: image?.metadata.active?.fields.uniqueId ?? null,
    type: image?.metadata.type ?? null,
    parentId: header?.fields.parentUniqueId ?? null,
    parentPath: (resolution ? parentOf(resolution)?.path : null) ?? rawPathOf(resolution),
    depth,
    problems,
    virtualSizeBytes: image ? sizeOf(image) : null,
    fileSizeBytes: image?.metadata.fileSizeBytes ?? 0,
    edge: image && resolution ? { ...evidenceOf(image, resolution), identity: identityOf(resolution) } : null,
  };
}

const rawPathOf = (resolution: ParentResolution | null): string | null =>
  resolution?.identity === 'raw' ? resolution.rawPath : null;

function identityOf(resolution: ParentResolution): ParentIdentity {
  return resolution.identity === 'ambiguous' ? 'missing' : resolution.identity;
}
