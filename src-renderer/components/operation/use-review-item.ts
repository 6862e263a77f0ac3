import { shallowRef, watch, type ShallowRef } from 'vue';
import type { OperationPreview } from '../../../src-shared/ipc';

type ReviewItem = OperationPreview['preflight']['items'][number];

/**
 * What the newest review says under a code; undefined where it says nothing. Kept while the review is made anew, so
 * that a box that asks about it does not vanish under the hand that ticks it.
 */
export function useReviewItem(
  preview: () => OperationPreview | null,
  code: string,
): Readonly<ShallowRef<ReviewItem | undefined>> {
  const item = shallowRef<ReviewItem>();
  watch(
    preview,
    (fresh) => {
      if (fresh) item.value = fresh.preflight.items.find((one) => one.code === code);
    },
    { immediate: true },
  );
  return item;
}
