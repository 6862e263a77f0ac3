import path from 'node:path';
import { NULL_UUID } from '../../../../src-shared/vhd/uuid';
import { imagesInFolder, peekImage } from '../../chain';
import { identityOfPath, isSameFile } from '../../io';
import type { Rule } from '../rule';

export const duplicateUniqueId: Rule = {
  code: 'duplicate-unique-id',
  severity: 'warning',
  area: 'chain',
  level: 'chain',
  title: 'Another image in this folder has the same unique id',
  explanation:
    'The id should be the only one of its kind. VirtualBox refuses to register both, and a child cannot tell which of them is its parent.',
  hint: 'If the other one is a copy that goes its own way, give it a new id and relink its children.',
  source: 'spec: Unique Id; VirtualBox media registry',
  repair: 'none',
  run: async ({ file, metadata, environment }) => {
    const own = metadata.active?.fields.uniqueId ?? NULL_UUID;
    const self = await identityOfPath(file.path).catch(() => null);
    if (own === NULL_UUID || self === null) return null;
    const others: string[] = [];
    for (const candidate of await imagesInFolder(path.dirname(file.path)).catch(() => [])) {
      if (environment.mayOpen && !(await environment.mayOpen(candidate))) continue;
      const image = await peekImage(candidate).catch(() => null);
      if (!image || isSameFile(image.identity, self)) continue;
      if (image.metadata.active?.fields.uniqueId === own) others.push(path.basename(candidate));
    }
    if (others.length === 0) return null;
    return {
      where: { structure: 'chain', offset: 0, length: 0, index: 0 },
      count: others.length,
      detail: `${others
        .slice(0, 5)
        .map((name) => `"${name}"`)
        .join(', ')} ${others.length === 1 ? 'has' : 'have'} the unique id ${own} too.`,
      evidence: others.slice(0, 20).map((name) => ({ field: 'path', found: name })),
    };
  },
};
