import { defineAsyncComponent, type Component } from 'vue';
import type { DiskSection, ViewName } from '../stores/navigation';
import ViewLoading from '../components/shell/ViewLoading.vue';
import ViewFailed from '../components/shell/ViewFailed.vue';

/** Screens are loaded when first visited. A file `views/<name>/<Name>View.vue` is a screen. */
const modules = import.meta.glob<{ default: Component }>(['./*/*View.vue', '!./gallery/*']);
const gallery = import.meta.env.DEV ? import.meta.glob<{ default: Component }>('./gallery/*View.vue') : {};
const made = new Map<string, Component>();

/** The part of the program that holds a screen could not be fetched. ViewFailed stands in the screen's place. */
export class ScreenNotLoaded extends Error {
  override readonly name = 'ScreenNotLoaded';
}

function screen(path: string): Component | null {
  const load = modules[path] ?? gallery[path];
  if (!load) return null;
  const known = made.get(path);
  if (known) return known;
  const component = defineAsyncComponent({
    loader: async () => {
      try {
        return await load();
      } catch (cause) {
        throw new ScreenNotLoaded(path, { cause });
      }
    },
    loadingComponent: ViewLoading,
    errorComponent: ViewFailed,
    delay: 120,
  });
  made.set(path, component);
  return component;
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Screens whose folder is not called as they are. */
const FOLDERS: Readonly<Partial<Record<ViewName, string>>> = { chains: 'chain', disks: 'disk' };

/** The component of a screen, or null where this build has none. */
export function viewComponent(name: ViewName): Component | null {
  return screen(`./${FOLDERS[name] ?? name}/${capital(name)}View.vue`);
}

/** The component of one part of an open disk; its props are `fileId` and the params of the place. */
export function sectionComponent(section: DiskSection): Component | null {
  const folder = {
    overview: 'disk',
    check: 'check',
    map: 'map',
    inspect: 'inspect',
    chain: 'chain',
    compare: 'compare',
  }[section];
  return screen(`./${folder}/${capital(section)}View.vue`);
}
