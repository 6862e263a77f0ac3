import { computed, type ComputedRef, type Ref } from 'vue';
import type { MapView } from '../../../src-shared/model';
import { useJobs } from '../../stores/jobs';

export interface LiveBlocks {
  readonly start: number;
  readonly end: number;
  readonly writing: boolean;
}

/** What running jobs read and write of this file now, in blocks. What they write into new files has no map yet. */
export function useLiveBlocks(
  fileId: Ref<string>,
  map: Ref<MapView | null>,
): ComputedRef<readonly LiveBlocks[]> {
  const jobs = useJobs();
  return computed(() => {
    const size = map.value?.blockSizeBytes;
    if (!size) return [];
    const toBlocks = (
      range: { offset: number; length: number } | undefined,
      writing: boolean,
    ): LiveBlocks[] =>
      range && range.length > 0
        ? [
            {
              start: Math.floor(range.offset / size),
              end: Math.ceil((range.offset + range.length) / size),
              writing,
            },
          ]
        : [];
    return jobs.active
      .filter((job) => job.subjectIds.includes(fileId.value))
      .flatMap((job) => [
        ...toBlocks(job.progress?.reading, false),
        ...(job.changedIds.includes(fileId.value) ? toBlocks(job.progress?.writing, true) : []),
      ]);
  });
}
