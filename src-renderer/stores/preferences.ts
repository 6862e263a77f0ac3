import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';

export type Theme = 'system' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['light', 'dark', 'system'];
const STORAGE_KEY = 'platter.ui';

interface StoredPreferences {
  readonly theme: Theme;
  readonly contextOpen: boolean;
  readonly railWide: boolean;
}

/** Below this width the details panel would take too much of the window to be open unasked. */
const ROOMY_WIDTH_PX = 1100;
/** Below this width it lies over the content instead of beside it; the `md` of tokens.css. */
const NARROW_QUERY = '(max-width: 879.98px)';
const DEFAULTS: StoredPreferences = {
  theme: 'system',
  contextOpen: window.innerWidth >= ROOMY_WIDTH_PX,
  railWide: true,
};

function load(): StoredPreferences {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Partial<StoredPreferences>;
    return {
      theme: THEMES.includes(stored.theme as Theme) ? (stored.theme as Theme) : DEFAULTS.theme,
      contextOpen: typeof stored.contextOpen === 'boolean' ? stored.contextOpen : DEFAULTS.contextOpen,
      railWide: typeof stored.railWide === 'boolean' ? stored.railWide : DEFAULTS.railWide,
    };
  } catch {
    return DEFAULTS;
  }
}

/** How the window looks on this machine: not about any disk, so it stays in the window's own storage. */
export const usePreferences = defineStore('preferences', () => {
  const stored = load();
  const theme = ref<Theme>(stored.theme);
  const contextOpen = ref(stored.contextOpen);
  const railWide = ref(stored.railWide);

  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const systemIsDark = ref(dark.matches);
  dark.addEventListener('change', (event) => (systemIsDark.value = event.matches));

  const narrow = window.matchMedia(NARROW_QUERY);
  const isNarrow = ref(narrow.matches);
  const overlayOpen = ref(false);
  narrow.addEventListener('change', (event) => {
    isNarrow.value = event.matches;
    overlayOpen.value = false;
  });
  /** Whether the details panel is wanted: beside the content in a wide window, over it (and closed at first) in a narrow one. */
  const contextShown = computed({
    get: () => (isNarrow.value ? overlayOpen.value : contextOpen.value),
    set: (shown) => ((isNarrow.value ? overlayOpen : contextOpen).value = shown),
  });

  const themeInForce = computed<'light' | 'dark'>(() =>
    theme.value === 'system' ? (systemIsDark.value ? 'dark' : 'light') : theme.value,
  );
  watch(themeInForce, (name) => (document.documentElement.dataset['theme'] = name), { immediate: true });
  watch([theme, contextOpen, railWide], () => {
    const all: StoredPreferences = {
      theme: theme.value,
      contextOpen: contextOpen.value,
      railWide: railWide.value,
    };
    localStorage.setItem(STORAGE_KEY, JSON.stringify(all));
  });

  function nextTheme(): void {
    theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system';
  }

  return { theme, themeInForce, isNarrow, contextShown, railWide, nextTheme };
});
