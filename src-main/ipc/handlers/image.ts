import { checkImage } from '../../engine';
import type { Services } from '../../services/app';
import { commandsToAttach } from '../../services/look/attach';
import { inspectFile, ownersIn, reportOn } from '../../services/look/inspect';
import { findBytes, readBytes } from '../../services/look/bytes';
import { lookAtBlock } from '../../services/look/block';
import { lookAtImage, lookAtMap, lookInside } from '../../services/look/open';
import { makePracticeDisk } from '../../services/practice';
import type { Handlers } from '../dispatch';

export type ImageHandlers = Pick<
  Handlers,
  | 'image.info'
  | 'image.check'
  | 'image.report'
  | 'image.map'
  | 'image.block'
  | 'image.inspect'
  | 'image.bytes'
  | 'image.owners'
  | 'image.find'
  | 'image.content'
  | 'image.attachCommand'
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
    async 'image.report'({ fileId, format, deep, chain }) {
      return reportOn(await registry.pathOf(fileId), format, { deep, chain, mayOpen });
    },
    async 'image.inspect'({ fileId, structure, index }) {
      return inspectFile(await registry.pathOf(fileId), { structure, index }, { mayOpen });
    },
    async 'image.owners'({ fileId, offset, length }) {
      return { spans: await ownersIn(await registry.pathOf(fileId), offset, length) };
    },
    async 'image.attachCommand'({ fileId, system }) {
      return { commands: await commandsToAttach(await registry.pathOf(fileId), system) };
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
