import { CircleAlert, CircleCheck, Info, LoaderCircle, TriangleAlert, Minus } from '@lucide/vue';
import type { Component } from 'vue';

/** How good or bad something is. Shown by colour, glyph and word together, never by colour alone. */
export type Tone = 'error' | 'warning' | 'note' | 'ok' | 'busy' | 'neutral';

export const TONE_ICONS: Readonly<Record<Tone, Component>> = {
  error: CircleAlert,
  warning: TriangleAlert,
  note: Info,
  ok: CircleCheck,
  busy: LoaderCircle,
  neutral: Minus,
};

export const TONE_TEXT: Readonly<Record<Tone, string>> = {
  error: 'text-error',
  warning: 'text-warning',
  note: 'text-note',
  ok: 'text-ok',
  busy: 'text-accent-text',
  neutral: 'text-ink-3',
};

export const TONE_BOX: Readonly<Record<Tone, string>> = {
  error: 'bg-error-soft border-error-line',
  warning: 'bg-warning-soft border-warning-line',
  note: 'bg-note-soft border-note-line',
  ok: 'bg-ok-soft border-ok-line',
  busy: 'bg-accent-soft border-accent-line',
  neutral: 'bg-sunken border-line',
};
