import type { JobSnapshot } from '../../../src-shared/model/job';

/** What quitting would stop, in a sentence. */
export function describeUnfinished(jobs: readonly JobSnapshot[]): string {
  const [first] = jobs;
  if (jobs.length === 1 && first)
    return `"${first.verb}" is still working on ${baseName(first.target ?? first.source)}.`;
  return `${jobs.length} jobs are still running.`;
}

const baseName = (path: string): string => path.split(/[/\\]/).pop() ?? path;
