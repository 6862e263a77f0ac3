import type { Services } from '../../services/app';
import { applyImageEdit, planImageEdit, planImageRepair } from '../../services/repair';
import type { Handlers } from '../dispatch';

export type RepairHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `repair.${string}` | `edit.${string}` | `undo.${string}`>
>;

export function repairHandlers(services: Services): RepairHandlers {
  const { undo, undoFolder, registry, settings, events } = services;
  /** Other pages of this Platter may show the image, too: they read it again. */
  async function told<T>(fileId: string, change: Promise<T>): Promise<T> {
    const result = await change;
    events.emit('file.changed', { fileId, kind: 'own' });
    return result;
  }
  return {
    'repair.plan': ({ fileId, ...request }) => planImageRepair(services, fileId, request),
    'edit.plan': ({ fileId, set, breakChildren }) => planImageEdit(services, fileId, { set, breakChildren }),
    'edit.apply': ({ fileId, stateToken, set, breakChildren }) =>
      told(fileId, applyImageEdit(services, fileId, { set, breakChildren }, stateToken)),
    'undo.list': () => undo.list(),
    'undo.look': ({ journalId }) => undo.look(journalId),
    'undo.folder': () => undoFolder.facts(),
    'undo.chooseFolder': async ({ folderId }) => {
      const facts = await undoFolder.choose(folderId === null ? null : await registry.pathOf(folderId));
      events.emit('settings.changed', await settings.get());
      return facts;
    },
    async 'undo.apply'({ journalId, breakChildren }) {
      const result = await undo.apply(journalId, breakChildren);
      return told(registry.register(result.imagePath).id, Promise.resolve(result));
    },
    'undo.pending': async ({ fileId }) => ({ change: await undo.pending(fileId) }),
    async 'undo.remove'({ journalId }) {
      await undo.remove(journalId);
      return {};
    },
  };
}
