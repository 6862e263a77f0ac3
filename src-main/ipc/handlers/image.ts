import { checkImage } from '../../engine';
import type { Services } from '../../services/app';
import { findBytes, readBytes } from '../../services/look/bytes';
import { lookAtBlock } from '../../services/look/block';
import { lookAtImage, lookAtMap, lookInside } from '../../services/look/open';
import { makePracticeDisk } from '../../services/practice';
import type { Handlers } from '../dispatch';

export type ImageHandlers = Pick<
  Handlers,
  | 'image.info'
  | 'image.check'
  | 'image.map'
  | 'image.block'
  | 'image.bytes'
  | 'image.find'
  | 'image.content'
  | 'practice.create'
>;

export function imageHandlers(services: Services): ImageHandlers {
  const { registry, roots } = services;
  const mayOpen = (path: string): boolean => roots.allows(path);
  return {
    'image.info': ({ fileId }) => lookAtImage(services, fileId),
    async 'image.check'({ fileId, deep, chain }) {
      return checkImage(await registry.pathOf(fileId), { deep, chain, mayOpen });
    },
    'image.map': async ({ fileId, depth }) => lookAtMap(await registry.pathOf(fileId), roots, depth),
    'image.block': async ({ fileId, blockIndex }) => lookAtBlock(await registry.pathOf(fileId), blockIndex),
    async 'image.bytes'({ fileId, offset, length }) {
      return readBytes(await registry.pathOf(fileId), offset, length);
    },
    async 'image.find'({ fileId, patternHex, fromOffset, backwards }) {
      const pattern = Buffer.from(patternHex, 'hex');
      const path = await registry.pathOf(fileId);
      return findBytes(path, { pattern, fromOffset, backwards: backwards === true });
    },
    'image.content': async ({ fileId }) => lookInside(await registry.pathOf(fileId), roots),
    async 'practice.create'({ defect }) {
      const { path, defect: says } = await makePracticeDisk(
        services.practiceFolder,
        defect ?? 'footer-checksum',
      );
      return { file: registry.register(path), defect: says };
    },
  };
}
