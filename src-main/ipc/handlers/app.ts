import type { Services } from '../../services/app';
import type { Handlers } from '../dispatch';

export type AppHandlers = Pick<Handlers, 'app.describe' | 'settings.get' | 'settings.set'>;

export function appHandlers({ facts, settings, events }: Services): AppHandlers {
  return {
    'app.describe': async () => facts,
    'settings.get': () => settings.get(),
    async 'settings.set'(patch) {
      const next = await settings.set(patch);
      events.emit('settings.changed', next);
      return next;
    },
  };
}
