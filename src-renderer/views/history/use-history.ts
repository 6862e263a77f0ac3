import { onScopeDispose, ref, shallowReactive, type Ref } from 'vue';
import { asAppError, type AppError } from '../../../src-shared/errors';
import type { ChangeOutlook, RecordedChange } from '../../../src-shared/ipc';
import { api } from '../../api';

/** Main reads all that a change wrote to tell whether it can be undone: a few at a time, so that it stays free for more. */
const LOOKS_AT_ONCE = 2;

/** The changes on record: the list at once, and what can be done with each as soon as main has looked. */
export function useHistory() {
  const journals = ref<readonly RecordedChange[] | null>(null);
  /** Number of changes that this door does not list. */
  const elsewhere = ref(0);
  const loadError: Ref<AppError | null> = ref(null);
  const outlooks = shallowReactive(new Map<string, ChangeOutlook>());
  let waiting: string[] = [];
  let turn = 0;

  async function load(): Promise<void> {
    const mine = ++turn;
    try {
      const list = await api().call('undo.list', {});
      if (mine !== turn) return;
      outlooks.clear();
      journals.value = list.journals;
      elsewhere.value = list.elsewhere;
      loadError.value = null;
      // Of what was undone all is known.
      waiting = list.journals.filter(({ state }) => state !== 'undone').map(({ id }) => id);
    } catch (error) {
      if (mine === turn) loadError.value = asAppError(error);
      return;
    }
    for (let count = 0; count < LOOKS_AT_ONCE; count += 1) void lookOn(mine);
  }

  async function lookOn(mine: number): Promise<void> {
    while (mine === turn) {
      const journalId = waiting.shift();
      if (journalId === undefined) return;
      const outlook = await api()
        .call('undo.look', { journalId })
        .catch((error: unknown): ChangeOutlook => {
          return { state: 'damaged', usable: false, reason: asAppError(error).message };
        });
      if (mine === turn) outlooks.set(journalId, outlook);
    }
  }

  /** What the person chose is looked at next. */
  function hurry(journalId: string): void {
    if (waiting.includes(journalId)) waiting = [journalId, ...waiting.filter((waits) => waits !== journalId)];
  }

  const stateOf = (change: RecordedChange): RecordedChange['state'] =>
    outlooks.get(change.id)?.state ?? change.state;
  /** Null until main has looked. */
  const usableOf = (change: RecordedChange): boolean | null =>
    change.state === 'undone' ? false : (outlooks.get(change.id)?.usable ?? null);
  const waits = (change: RecordedChange): boolean => outlooks.get(change.id)?.waits === true;
  /** Names of images that would see the undo, so that it is asked about. */
  const childrenOf = (change: RecordedChange): readonly string[] => outlooks.get(change.id)?.children ?? [];
  const reasonOf = (change: RecordedChange): string | null => outlooks.get(change.id)?.reason ?? null;

  onScopeDispose(() => {
    turn += 1;
  });
  return { journals, elsewhere, loadError, load, hurry, stateOf, usableOf, waits, childrenOf, reasonOf };
}
