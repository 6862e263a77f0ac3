import { reactive, type Directive } from 'vue';

/** What a tip says: text, and the shortcut that does the same. */
export interface Tip {
  readonly text: string;
  readonly shortcut?: string | undefined;
}

const OPEN_DELAY_MS = 450;
const CLOSE_DELAY_MS = 120;
export const TIP_ELEMENT_ID = 'platter-tip';

/** The one tip on screen; drawn by TipLayer. */
export const tipState = reactive<{ tip: Tip | null; anchor: HTMLElement | null }>({
  tip: null,
  anchor: null,
});

const tips = new WeakMap<HTMLElement, Tip | null>();
let openTimer: ReturnType<typeof setTimeout> | undefined;
let closeTimer: ReturnType<typeof setTimeout> | undefined;

function show(anchor: HTMLElement): void {
  const tip = tips.get(anchor);
  clearTimeout(closeTimer);
  if (!tip) return;
  tipState.anchor?.removeAttribute('aria-describedby');
  tipState.anchor = anchor;
  tipState.tip = tip;
  if (!anchor.hasAttribute('aria-describedby')) anchor.setAttribute('aria-describedby', TIP_ELEMENT_ID);
}

/** Hides the tip at once. */
export function hideTip(): void {
  clearTimeout(openTimer);
  clearTimeout(closeTimer);
  if (tipState.anchor?.getAttribute('aria-describedby') === TIP_ELEMENT_ID) {
    tipState.anchor.removeAttribute('aria-describedby');
  }
  tipState.anchor = null;
  tipState.tip = null;
}

/** Keeps the tip while the pointer is on the tip itself (WCAG 1.4.13: hoverable). */
export function keepTip(): void {
  clearTimeout(closeTimer);
}

/** Hides the tip shortly, unless kept. */
export function leaveTip(): void {
  clearTimeout(openTimer);
  clearTimeout(closeTimer);
  closeTimer = setTimeout(hideTip, CLOSE_DELAY_MS);
}

function onEnter(event: PointerEvent): void {
  const anchor = event.currentTarget as HTMLElement;
  if (event.pointerType === 'touch') return;
  clearTimeout(openTimer);
  openTimer = setTimeout(() => show(anchor), tipState.tip ? 0 : OPEN_DELAY_MS);
}

function onFocus(event: FocusEvent): void {
  const anchor = event.currentTarget as HTMLElement;
  if (anchor.matches(':focus-visible')) show(anchor);
}

function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape' && tipState.tip) hideTip();
}

const toTip = (value: string | Tip | null | undefined): Tip | null =>
  typeof value === 'string' ? (value ? { text: value } : null) : (value ?? null);

/**
 * `v-tip="'why'"` or `v-tip="{ text, shortcut }"`: a tip on hover and on keyboard focus.
 * A directive rather than a wrapper, so that the element keeps its place as a menu's or a dialog's trigger.
 */
export const vTip: Directive<HTMLElement, string | Tip | null | undefined> = {
  mounted(element, { value }) {
    tips.set(element, toTip(value));
    element.addEventListener('pointerenter', onEnter);
    element.addEventListener('pointerleave', leaveTip);
    element.addEventListener('pointerdown', hideTip);
    element.addEventListener('focus', onFocus);
    element.addEventListener('blur', hideTip);
    element.addEventListener('keydown', onKey);
  },
  updated(element, { value }) {
    const tip = toTip(value);
    tips.set(element, tip);
    if (tipState.anchor === element) {
      if (tip) tipState.tip = tip;
      else hideTip();
    }
  },
  beforeUnmount(element) {
    if (tipState.anchor === element) hideTip();
    element.removeEventListener('pointerenter', onEnter);
    element.removeEventListener('pointerleave', leaveTip);
    element.removeEventListener('pointerdown', hideTip);
    element.removeEventListener('focus', onFocus);
    element.removeEventListener('blur', hideTip);
    element.removeEventListener('keydown', onKey);
    clearTimeout(openTimer);
  },
};
