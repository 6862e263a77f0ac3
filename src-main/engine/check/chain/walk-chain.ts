import type { ChainImage, ChainProblem } from '../../../../src-shared/model/chain';
import { chainReport, type PeekedImage, type ReadLocator } from '../../chain';
import { edgeProblems, parentOf } from '../../chain/edge-evidence';
import { resolveParent, type ParentResolution } from '../../chain/resolve-parent';
import type { VhdMetadata } from '../../disk/metadata';
import type { OperationContext } from '../../disk/virtual-disk';
import { identityOfPath, type FileIdentity, type RandomAccessFile } from '../../io';

/** The image's own edge, by the metadata that is being checked, and every ancestor with its edge. */
export interface ChainWalk {
  readonly resolution: ParentResolution | null;
  /** The parent, as far as it was found. */
  readonly parent: PeekedImage | null;
  readonly problems: readonly ChainProblem[];
  /** From the parent up; empty where it is missing or not the right one. */
  readonly ancestors: readonly ChainImage[];
}

const NO_IDENTITY: FileIdentity = { device: '', inode: '', sizeBytes: 0, modifiedNs: '', changedNs: '' };

/** What the walk starts from: the image as it is being checked, which may be an overlay. */
export interface ChainStart {
  readonly file: RandomAccessFile;
  readonly metadata: VhdMetadata;
  locators(): Promise<readonly ReadLocator[]>;
  readonly environment: OperationContext & {
    readonly mayOpen?: ((path: string) => boolean | Promise<boolean>) | undefined;
  };
}

/** What lies above the image's own edge. */
export async function walkChain({ environment }: ChainStart, edge: ChainWalk): Promise<ChainWalk> {
  const { resolution } = edge;
  if (resolution?.identity !== 'proven') return edge;
  const options = { mayOpen: environment.mayOpen };
  return { ...edge, ancestors: (await chainReport(resolution.parent.path, options, environment)).images };
}

/** The image's own edge alone: whether its parent is found, and is the right one. */
export async function walkEdge({ file, metadata, locators, environment }: ChainStart): Promise<ChainWalk> {
  if (metadata.type !== 'differencing')
    return { resolution: null, parent: null, problems: [], ancestors: [] };
  const identity = await identityOfPath(file.path).catch(() => NO_IDENTITY);
  const self: PeekedImage = { path: file.path, identity, metadata, locators: await locators() };
  const resolution = await resolveParent(self, { mayOpen: environment.mayOpen });
  return {
    resolution,
    parent: parentOf(resolution),
    problems: edgeProblems(self, resolution),
    ancestors: [],
  };
}
