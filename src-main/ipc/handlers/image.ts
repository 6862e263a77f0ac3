import { checkImage } from '../../engine';
import type { Services } from '../../services/app';
import { describeAttaching } from '../../services/look/attach';
import { inspectFile, reportOn } from '../../services/look/inspect';
import { OwnerCache } from '../../services/look/owner-cache';
import { findBytes, readBytes, readGuestBytes } from '../../services/look/bytes';
import { diskSide, fileSide, findDifference } from '../../services/look/difference';
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
  | 'image.states'
  | 'image.difference'
  | 'image.attachCommand'
  | 'practice.create'
>;

export function imageHandlers(services: Services): ImageHandlers {
  const { registry, roots, documents } = services;
  const mayOpen = (path: string): boolean => roots.allows(path);
  const owners = new OwnerCache();
  return {
    'image.info': ({ fileId }) => lookAtImage(services, fileId),
    async 'image.check'({ fileId, deep, chain }) {
      return checkImage(await registry.pathOf(fileId), { deep, chain, mayOpen });
    },
    async 'image.report'({ fileId, format, deep, chain }) {
      return reportOn(await registry.pathOf(fileId), format, { deep, chain, mayOpen });
    },
    async 'image.inspect'({ fileId, structure, index }) {
      return documents.using(fileId, (file) => inspectFile(file, { structure, index }, { mayOpen }));
    },
    async 'image.owners'({ fileId, offset, length }) {
      return { spans: await documents.using(fileId, (file) => owners.spans(fileId, file, offset, length)) };
    },
    async 'image.attachCommand'({ fileId, system }) {
      return describeAttaching(await registry.pathOf(fileId), system, { mayOpen });
    },
    'image.map': ({ fileId, depth }) => lookAtMap(documents, fileId, roots, depth),
    'image.block': ({ fileId, blockIndex }) =>
      documents.using(fileId, (file) => lookAtBlock(file, blockIndex)),
    'image.bytes': ({ fileId, offset, length, guest }) =>
      guest
        ? documents.usingDisk(fileId, { mayOpen }, ({ disk }) => readGuestBytes(disk, offset, length))
        : documents.using(fileId, (file) => readBytes(file, offset, length)),
    'image.states': async ({ fileId }) => ({ states: await documents.states(fileId) }),
    async 'image.difference'({ fileId, otherId, fromOffset, backwards, guest }) {
      const request = { fromOffset, backwards: backwards === true };
      if (!guest)
        return documents.using(fileId, (a) =>
          documents.using(otherId, async (b) =>
            findDifference(await fileSide(a), await fileSide(b), request),
          ),
        );
      return documents.usingDisk(fileId, { mayOpen }, (a) =>
        documents.usingDisk(otherId, { mayOpen }, (b) =>
          findDifference(diskSide(a.disk), diskSide(b.disk), request),
        ),
      );
    },
    async 'image.find'({ fileId, patternHex, fromOffset, backwards }) {
      const pattern = Buffer.from(patternHex, 'hex');
      const request = { pattern, fromOffset, backwards: backwards === true };
      return documents.using(fileId, (file) => findBytes(file, request));
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
