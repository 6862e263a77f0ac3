import { ref, type Ref } from 'vue';
import { api } from '../../api';

/**
 * Searches the file stretch by stretch, so that it can be stopped, in either direction from a place; at the end of the
 * file it goes on once from the other one, up to that place.
 */
export function useFind(fileId: Ref<string>) {
  const searchingAt = ref<number | null>(null);
  const notFound = ref(false);
  let run = 0;

  /** @returns the offset of the match, null where there is none or the search was stopped. @throws AppError */
  async function find(patternHex: string, from: number, backwards: boolean): Promise<number | null> {
    const mine = ++run;
    notFound.value = false;
    const origin = Math.max(0, from);
    let fromOffset = origin;
    let wrapped = false;
    try {
      for (;;) {
        searchingAt.value = fromOffset;
        const answer = await api().call('image.find', {
          fileId: fileId.value,
          patternHex,
          fromOffset,
          backwards,
        });
        if (mine !== run) return null;
        if (answer.foundOffset !== null) return answer.foundOffset;
        const around = backwards ? answer.nextOffset <= origin : answer.nextOffset >= origin;
        if (wrapped && (answer.done || around)) {
          notFound.value = true;
          return null;
        }
        // Backwards, main begins at the end of the file for any offset beyond it.
        fromOffset = !answer.done ? answer.nextOffset : backwards ? Number.MAX_SAFE_INTEGER : 0;
        wrapped ||= answer.done;
      }
    } finally {
      if (mine === run) searchingAt.value = null;
    }
  }

  function stop(): void {
    run += 1;
    searchingAt.value = null;
  }

  return { find, stop, searchingAt, notFound };
}
