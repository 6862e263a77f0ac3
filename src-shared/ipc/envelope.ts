import type { WireError } from '../errors';

/** Every answer: a value or an error as data. Nothing is thrown across a door. */
export type Envelope<T = unknown> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };
