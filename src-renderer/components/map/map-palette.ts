import { MAP_CELL_STATES } from '../../../src-shared/model';
import { ANCESTOR_TOKENS, STATE_TOKENS } from './map-states';

/** Any CSS colour as the little-endian RGBA word that ImageData holds. */
function pixelOf(context: CanvasRenderingContext2D, colour: string): number {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export interface MapPalette {
  /** One pixel word a state, then one a shade of farther ancestors; what is hidden has the background's. */
  readonly states: Uint32Array;
  readonly background: number;
  readonly surface: string;
  readonly outline: string;
  readonly focus: string;
}

/** Reads an element's colours: as CSS, and as words of ImageData. */
export function colourReader(element: HTMLElement) {
  const style = getComputedStyle(element);
  const probe = document.createElement('canvas');
  probe.width = probe.height = 1;
  const context = probe.getContext('2d', { willReadFrequently: true });
  const colour = (token: string): string => style.getPropertyValue(token).trim();
  const word = (token: string): number => (context ? pixelOf(context, colour(token)) : 0);
  return { colour, word };
}

/** The palette of the theme in force. `hidden` states are drawn as if they were not there. */
export function readPalette(element: HTMLElement, hidden: ReadonlySet<number>): MapPalette {
  const { colour, word } = colourReader(element);
  const background = word('--color-surface');
  return {
    states: Uint32Array.from(
      [...MAP_CELL_STATES.map((state) => STATE_TOKENS[state]), ...ANCESTOR_TOKENS.slice(1)],
      (token, index) => (hidden.has(index) ? background : word(token)),
    ),
    background,
    surface: colour('--color-surface'),
    outline: colour('--color-ink'),
    focus: colour('--color-focus'),
  };
}
