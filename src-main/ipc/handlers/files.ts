import { browseFolder } from '../../services/files/browse';
import { saveText } from '../../services/files/save-text';
import { describeFolder, describeTarget, folderBeside, targetOfPath } from '../../services/files/target';
import type { Services } from '../../services/app';
import type { Handlers } from '../dispatch';

export type FileHandlers = Pick<Handlers, Extract<keyof Handlers, `files.${string}`>>;

export function fileHandlers(services: Services): FileHandlers {
  const { registry, roots, recents, events, watcher, startup } = services;
  const home = (): string => roots.folders[0] ?? process.cwd();
  return {
    async 'files.openDialog'({ purpose, multiple }) {
      const chosen = await services.dialogs().openFiles(purpose, multiple === true);
      return { files: chosen.map((path) => registry.register(path)) };
    },
    async 'files.folderDialog'() {
      const chosen = await services.dialogs().openFolder();
      return { folder: chosen === null ? null : await describeFolder(registry, chosen) };
    },
    async 'files.saveDialog'({ suggestedName }) {
      const chosen = await services.dialogs().saveFile(suggestedName);
      return { target: chosen === null ? null : await targetOfPath(registry, chosen) };
    },
    async 'files.browse'({ folderId }) {
      return browseFolder(registry, roots, folderId === null ? home() : await registry.pathOf(folderId));
    },
    'files.defaultFolder': async ({ beside }) =>
      describeFolder(registry, (await folderBeside(registry, roots, beside)) ?? home()),
    'files.describe': async ({ fileId }) => registry.register(await registry.pathOf(fileId)),
    'files.describeTarget': ({ target }) => describeTarget(registry, target),
    'files.startup': async () => ({ files: startup.take() }),
    'files.recent': async () => ({ files: await recents.list() }),
    async 'files.forgetRecent'({ fileId }) {
      await recents.forget(registry.known(fileId));
      events.emit('recents.changed', {});
      return {};
    },
    async 'files.close'({ fileId }) {
      watcher.unwatch(registry.known(fileId));
      startup.closed(fileId);
      return {};
    },
    async 'files.reveal'({ fileId }) {
      services.dialogs().reveal(await registry.pathOf(fileId));
      return {};
    },
    'files.saveText': ({ target, text }) => saveText(registry, target, text),
  };
}
