import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';

/** Screens by name. A screen of an open disk carries its file id in the params. */
const VIEW_NAMES = [
  'home',
  'disk',
  'disks',
  'chains',
  'compare',
  'sweep',
  'jobs',
  'calculators',
  'history',
  'settings',
  'create',
  'guide',
  'convert',
  'resize',
  'compact',
  'merge',
  'azure',
  'rescue',
  'gallery',
] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** Parts of an open disk, one tab each. */
export const DISK_SECTIONS = ['overview', 'map', 'inspect', 'chain', 'check', 'compare'] as const;
export type DiskSection = (typeof DISK_SECTIONS)[number];

/** Everything a screen needs to come back as it was: plain strings, so that it could be stored. */
export type ViewParams = Readonly<Record<string, string>>;

export interface Place {
  readonly view: ViewName;
  readonly params: ViewParams;
}

const HISTORY_MAX = 100;
const STORAGE_KEY = 'platter.place';
const same = (a: Place, b: Place): boolean =>
  a.view === b.view && JSON.stringify(a.params) === JSON.stringify(b.params);

function readPlace(text: string | null): Place | null {
  try {
    const { view, params } = JSON.parse(text ?? '{}') as { view?: unknown; params?: unknown };
    const name = VIEW_NAMES.find((known) => known === view);
    if (!name || typeof params !== 'object' || params === null) return null;
    const strings = Object.entries(params).filter(([, value]) => typeof value === 'string');
    return { view: name, params: Object.fromEntries(strings) };
  } catch {
    return null;
  }
}

/** Where the person is, where they were, and how to go back. There is no address bar, so there is no router. */
export const useNavigation = defineStore('navigation', () => {
  const places = ref<Place[]>([{ view: 'home', params: {} }]);
  const position = ref(0);

  const current = computed<Place>(() => places.value[position.value] ?? { view: 'home', params: {} });
  const canGoBack = computed(() => position.value > 0);
  const canGoForward = computed(() => position.value < places.value.length - 1);

  /** Goes to a screen; what was ahead is forgotten, as in a browser. */
  function go(view: ViewName, params: ViewParams = {}): void {
    const place = { view, params };
    if (same(place, current.value)) return;
    places.value = [...places.value.slice(0, position.value + 1), place].slice(-HISTORY_MAX);
    position.value = places.value.length - 1;
  }

  /** Changes the params of this screen without a step in the history (a section, a selection). */
  function replace(params: ViewParams): void {
    places.value = places.value.map((place, index) =>
      index === position.value ? { ...place, params } : place,
    );
  }

  function back(): void {
    if (canGoBack.value) position.value -= 1;
  }

  function forward(): void {
    if (canGoForward.value) position.value += 1;
  }

  /** Forgets every place of a disk that was closed. */
  function forgetDisk(fileId: string): void {
    const here = current.value;
    const kept = places.value.filter((place) => place.params['fileId'] !== fileId);
    places.value = kept.length ? kept : [{ view: 'home', params: {} }];
    const index = places.value.findIndex((place) => same(place, here));
    position.value = index >= 0 ? index : places.value.length - 1;
  }

  /** Where the person was in this window before it was loaded anew. */
  const stored = (): Place | null => readPlace(sessionStorage.getItem(STORAGE_KEY));

  /** From now on keeps the place for the case that the window is loaded anew. */
  function remember(): void {
    watch(current, (place) => sessionStorage.setItem(STORAGE_KEY, JSON.stringify(place)), {
      immediate: true,
    });
  }

  return { current, canGoBack, canGoForward, go, replace, back, forward, forgetDisk, stored, remember };
});
