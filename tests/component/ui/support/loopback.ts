import type { Client } from '../../../../src-shared/ipc/client';
import type { Input, Output } from '../../../../src-shared/ipc/contract';
import type { EventMap, EventName } from '../../../../src-shared/ipc/events';
import type { MethodName } from '../../../../src-shared/ipc/method-names';
import { AppError } from '../../../../src-shared/errors';
import { DEFAULT_SETTINGS } from '../../../../src-shared/model';

type Answers = { readonly [M in MethodName]?: (input: Input<M>) => Output<M> | Promise<Output<M>> };

export interface Loopback extends Client {
  /** Every call in order. */
  readonly calls: readonly { readonly method: MethodName; readonly input: unknown }[];
  emit<E extends EventName>(event: E, payload: EventMap[E]): void;
}

const DEFAULTS: Answers = {
  'app.describe': () => ({
    version: '0.0.0',
    door: 'browser',
    platform: 'linux',
    nativeDialogs: false,
    versions: {},
  }),
  'settings.get': () => DEFAULT_SETTINGS,
  'files.startup': () => ({ files: [] }),
  'files.recent': () => ({ files: [] }),
  'jobs.list': () => ({ jobs: [] }),
  'undo.list': () => ({ journals: [], elsewhere: 0 }),
  'leftovers.list': () => ({ leftovers: [] }),
};

/** A client whose main is the test itself: no door, no transport, the contract's own types. */
export function loopback(answers: Answers = {}): Loopback {
  const calls: { method: MethodName; input: unknown }[] = [];
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  return {
    calls,
    call(method, input) {
      calls.push({ method, input });
      const answer = answers[method] ?? DEFAULTS[method];
      if (!answer) return Promise.reject(new AppError('unsupported', `the test does not answer ${method}`));
      return Promise.resolve().then(() => answer(input));
    },
    on(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return () => known.delete(listener);
    },
    emit(event, payload) {
      for (const listener of listeners.get(event) ?? []) listener(payload as never);
    },
  };
}
