import { ref, type Ref } from 'vue';
import { api } from '../../api';

/** Searches the file stretch by stretch, so that it can be stopped, in either direction from a place. */
export function useFind(fileId: Ref<string>) {
  const searchingAt = ref<number | null>(null);
  const notFound = ref(false);
  let run = 0;

  /** @returns the offset of the match, null where there is none or the search was stopped. @throws AppError */
  async function find(patternHex: string, from: number, backwards: boolean): Promise<number | null> {
    const mine = ++run;
    notFound.value = false;
    let fromOffset = Math.max(0, from);
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
        if (answer.done) {
          notFound.value = true;
          return null;
        }
        fromOffset = answer.nextOffset;
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
