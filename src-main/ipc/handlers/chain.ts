import type { Services } from '../../services/app';
import { lookAtChain } from '../../services/look/chain';
import type { Handlers } from '../dispatch';

export type ChainHandlers = Pick<Handlers, 'image.chain' | 'folder.chain'>;

export function chainHandlers({ registry, roots }: Services): ChainHandlers {
  return {
    'image.chain': async ({ fileId }) => lookAtChain(registry, roots, await registry.pathOf(fileId)),
    'folder.chain': async ({ folderId, recursive }) =>
      lookAtChain(registry, roots, await registry.pathOf(folderId), recursive),
  };
}
