import type { Services } from '../../services/app';
import { applyImageEdit, applyImageRepair, planImageEdit, planImageRepair } from '../../services/repair';
import type { Handlers } from '../dispatch';

export type RepairHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `repair.${string}` | `edit.${string}` | `undo.${string}`>
>;

export function repairHandlers(services: Services): RepairHandlers {
  const { undo, undoFolder, registry, settings, events } = services;
  return {
    'repair.plan': ({ fileId, ...request }) => planImageRepair(services, fileId, request),
    'repair.apply': ({ fileId, stateToken, only, choose, breakChildren }) =>
      applyImageRepair(services, fileId, { only, choose, breakChildren }, stateToken),
    'edit.plan': ({ fileId, set, breakChildren }) => planImageEdit(services, fileId, { set, breakChildren }),
    'edit.apply': ({ fileId, stateToken, set, breakChildren }) =>
      applyImageEdit(services, fileId, { set, breakChildren }, stateToken),
    'undo.list': async () => ({ journals: await undo.list() }),
    'undo.folder': () => undoFolder.facts(),
    'undo.chooseFolder': async ({ folderId }) => {
      const facts = await undoFolder.choose(folderId === null ? null : await registry.pathOf(folderId));
      events.emit('settings.changed', await settings.get());
      return facts;
    },
    'undo.apply': ({ journalId, breakChildren }) => undo.apply(journalId, breakChildren),
    'undo.pending': async ({ fileId }) => ({ change: await undo.pending(fileId) }),
    async 'undo.remove'({ journalId }) {
      await undo.remove(journalId);
      return {};
    },
  };
}
