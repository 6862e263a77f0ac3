import type { ParentFacts } from '../../../src-shared/model';
import { formatTimestamp } from '../../../src-shared/vhd/timestamp';
import {
  identityOfPath,
  resolveParent,
  toLocatorFacts,
  type ParentResolution,
  type QuickLook,
  type VhdMetadata,
} from '../../engine';
import { namesParent } from './facts';

export interface ParentOptions {
  readonly mayOpen?: ((path: string) => boolean) | undefined;
}

/** What a differencing image says of its parent, and whether that parent can be found and proven; null for others. */
export async function describeParent(
  path: string,
  metadata: VhdMetadata,
  look: Pick<QuickLook, 'edge' | 'locators'>,
  options: ParentOptions = {},
): Promise<ParentFacts | null> {
  const { header } = metadata;
  if (header === null || !namesParent(metadata)) return null;
  const locators = await look.locators();
  const resolution =
    (await look.edge()).resolution ??
    // the type is lost with the footers, and a check does not take it for a child then
    (await resolveParent({ path, identity: await identityOfPath(path), metadata, locators }, options));
  const { parentUniqueId, parentUnicodeName, parentTimestampSeconds } = header.fields;
  return {
    uniqueId: parentUniqueId,
    name: parentUnicodeName,
    timestamp: parentTimestampSeconds === 0 ? null : formatTimestamp(parentTimestampSeconds),
    locators: locators.map(toLocatorFacts),
    ...whereItIs(resolution),
  };
}

function whereItIs(resolution: ParentResolution): Pick<ParentFacts, 'resolvedPath' | 'identity'> {
  switch (resolution.identity) {
    case 'proven':
    case 'mismatch':
      return { resolvedPath: resolution.parent.path, identity: resolution.identity };
    case 'raw':
      return { resolvedPath: resolution.rawPath, identity: 'raw' };
    // Two images with the wanted id: neither is proven to be the one; `check --chain` names both.
    case 'ambiguous':
    case 'missing':
      return { resolvedPath: null, identity: 'missing' };
  }
}
