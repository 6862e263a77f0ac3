import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { JsonStore } from '../../services/store/json-store';

export interface WindowState {
  readonly bounds: Rectangle | null;
  readonly isMaximized: boolean;
}

export const DEFAULT_SIZE = { width: 1280, height: 820 } as const;
export const MINIMUM_SIZE = { width: 720, height: 480 } as const;
/** As much of a window must be on a screen, so that it can be seen and taken hold of. */
const VISIBLE_PIXELS = 96;
const SAVE_AFTER_MS = 400;

/** Where the window was, remembered between starts. */
export class WindowStateKeeper {
  readonly #store: JsonStore<WindowState>;
  #timer: NodeJS.Timeout | null = null;

  constructor(file: string) {
    this.#store = new JsonStore(file, readWindowState);
  }

  /** The remembered place, if it can still be seen on some screen. */
  async load(): Promise<WindowState> {
    const state = await this.#store.get();
    const { bounds } = state;
    return { ...state, bounds: bounds && isVisible(bounds, workAreas()) ? bounds : null };
  }

  /** Remembers every move from now on. */
  follow(window: BrowserWindow): void {
    const later = (): void => {
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#save(window), SAVE_AFTER_MS);
    };
    window.on('resize', later);
    window.on('move', later);
    window.on('maximize', later);
    window.on('unmaximize', later);
    window.on('close', () => this.#save(window));
  }

  #save(window: BrowserWindow): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    const state = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    // A place that cannot be remembered is nothing to bother anybody with.
    void this.#store.set(state).catch(() => undefined);
  }
}

const workAreas = (): Rectangle[] => screen.getAllDisplays().map((display) => display.workArea);

/** Whether enough of the window, its top edge included, lies on one of the screens. */
export function isVisible(bounds: Rectangle, areas: readonly Rectangle[]): boolean {
  return areas.some((area) => {
    const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
    const isTopIn = bounds.y >= area.y - 1 && bounds.y <= area.y + area.height - VISIBLE_PIXELS;
    return width >= VISIBLE_PIXELS && isTopIn;
  });
}

/** Whatever the file held, as a whole state. */
function readWindowState(raw: unknown): WindowState {
  const from = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  return { bounds: readBounds(from['bounds']), isMaximized: from['isMaximized'] === true };
}

function readBounds(raw: unknown): Rectangle | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { x, y, width, height } = raw as Record<string, unknown>;
  const whole = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Math.abs(value as number) < 1e6;
  if (!whole(x) || !whole(y) || !whole(width) || !whole(height)) return null;
  if (width < MINIMUM_SIZE.width || height < MINIMUM_SIZE.height) return null;
  return { x, y, width, height };
}
