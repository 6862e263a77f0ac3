import { AppError } from '../../../src-shared/errors';
import type { OperationPreview } from '../../../src-shared/ipc/contract';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../../src-shared/model/job';
import type { Preflight } from '../../../src-shared/model/results';
import { chainReport } from '../../engine';
import { JobQueue, lookAtFiles } from '../../jobs';
import type { EventHub } from '../events';
import type { FileRegistry } from '../files/file-registry';
import type { Roots } from '../files/roots';
import type { FileWatcher } from '../files/watch';
import { equivalentCommand } from '../operations/equivalent-command';
import { jobRequest } from '../operations/job-request';
import type { Surroundings } from '../operations/operation-inputs';
import { pathsOf, type OperationPaths } from '../operations/operation-paths';
import { Reviews } from '../operations/reviews';
import type { Documents } from '../look/documents';
import type { Leftovers } from './leftovers';
import { preflightOperation } from '../operations/preview';
import type { UndoService } from '../undo';

export interface JobServiceParts {
  readonly registry: FileRegistry;
  readonly documents: Documents;
  readonly roots: Roots;
  readonly events: EventHub;
  readonly watcher: FileWatcher;
  readonly undo: UndoService;
  readonly leftovers: Leftovers;
  readonly workerPath: string | undefined;
}

/** Operations as jobs: ids in, snapshots out, every change told as an event. */
export class JobService {
  readonly #parts: JobServiceParts;
  readonly #queue: JobQueue;
  readonly #reviews = new Reviews();
  /** What is to be done when a job has ended. */
  /** Records of ended jobs that are being removed. */
  readonly #forgetting = new Set<Promise<void>>();
  readonly #afterwards = new Map<string, (isCrash: boolean) => void>();

  constructor(parts: JobServiceParts) {
    this.#parts = parts;
    this.#queue = new JobQueue({
      workerPath: parts.workerPath,
      onChange: (snapshot) => this.#onChange(snapshot),
    });
  }

  /** What would happen, and the command line that does the same. @throws AppError for what cannot be done at all. */
  async preview(spec: OperationSpec): Promise<OperationPreview> {
    const paths = await pathsOf(this.#parts.registry, this.#parts.documents, spec);
    const chain = await this.#chainOf(paths.file);
    // Before the facts are read: what changes meanwhile is a change since.
    const looked = await lookAtFiles(reviewedPaths(spec, paths, chain));
    const facts = await preflightOperation(spec, paths, await this.#surroundings());
    const preflight = this.#withPromised(facts.preflight, paths.target);
    const command = equivalentCommand(spec, paths);
    return { ...facts, preflight, command, reviewToken: this.#reviews.remember(looked) };
  }

  /** A name is not free where a job that has not ended will give it to what it makes. */
  #withPromised(preflight: Preflight, target: string | null): Preflight {
    const writer = target === null ? null : this.#queue.writerOf(target);
    if (target === null || writer === null) return preflight;
    const message = `A job that has not ended yet writes "${target}", see Jobs (${writer.verb}). Choose another name.`;
    const items = preflight.items.filter(({ code }) => code !== 'target');
    return { ...preflight, ok: false, items: [...items, { code: 'target', level: 'blocked', message }] };
  }

  /**
   * Queues an operation.
   * @param reviewToken of the review that was shown: what it showed must still be so, now and when the job begins.
   * Changes by a job before it in the queue count, too: the person has not seen what that leaves.
   * @throws AppError `file-changed`, and those of ids and options.
   */
  async start(spec: OperationSpec, reviewToken?: string): Promise<string> {
    const { registry, documents, watcher, leftovers } = this.#parts;
    const paths = await pathsOf(registry, documents, spec);
    const chain = await this.#chainOf(paths.file);
    const reviewed =
      reviewToken === undefined
        ? []
        : await this.#reviews.require(reviewToken, reviewedPaths(spec, paths, chain));
    const { changes, ...request } = jobRequest(spec, paths, await this.#surroundings(), chain);
    const changedIds = changes.map((path) => registry.register(path).id);
    const resumes = request.writes.map((path) => watcher.pause(path));
    const { target } = paths;
    // a change in place has its undo journal beside the image instead
    const recorded = target ?? request.writes[0] ?? null;
    if (recorded !== null) await leftovers.begin(recorded);
    const resume = (isCrash = false): void => {
      for (const one of resumes) void one();
      // What a dead worker was writing stays on record, to be offered for removal.
      if (recorded !== null && !isCrash) this.#forget(leftovers.end(recorded));
    };
    try {
      const { id } = this.#queue.add({
        ...request,
        reviewed,
        subjectIds: [...new Set([...namedIds(spec), ...changedIds])],
        changedIds,
        command: equivalentCommand(spec, paths),
        registerProduced: () => (target === null || isArchive(spec) ? [] : [registry.register(target).id]),
      });
      if (this.#isEnded(id)) resume();
      else this.#afterwards.set(id, resume);
      return id;
    } catch (error) {
      resume();
      throw error;
    }
  }

  list(): JobSnapshot[] {
    return this.#queue.list();
  }

  /** What quitting now would stop. */
  unfinished(): JobSnapshot[] {
    return this.#queue.unfinished();
  }

  cancel(id: string): void {
    this.#queue.cancel(id);
  }

  pause(id: string): void {
    this.#queue.pause(id);
  }

  resume(id: string): void {
    this.#queue.resume(id);
  }

  /** Takes an ended job off the list. @throws AppError `bad-value` for one that still runs. */
  dismiss(id: string): void {
    if (!this.#isEnded(id)) throw new AppError('bad-value', 'This job has not ended yet.');
    this.#queue.dismiss(id);
  }

  /** Also waits until no record of an ended job is left. */
  async close(): Promise<void> {
    await this.#queue.close();
    await Promise.all(this.#forgetting);
  }

  #forget(record: Promise<void>): void {
    this.#forgetting.add(record);
    void record.finally(() => this.#forgetting.delete(record));
  }

  /** The image's ancestors, as far as they can be found: what a job reads along with it. */
  async #chainOf(file: string | null): Promise<string[]> {
    if (file === null) return [];
    const { roots } = this.#parts;
    const report = await chainReport(file, { mayOpen: (path) => roots.allows(path) }).catch(() => null);
    return (report?.images ?? []).slice(1).map(({ path }) => path);
  }

  async #surroundings(): Promise<Surroundings> {
    const { roots, undo } = this.#parts;
    return { roots: roots.limits, history: { historyFolder: await undo.folder() } };
  }

  #isEnded(id: string): boolean {
    return TERMINAL_JOB_STATES.includes(this.#queue.get(id).state);
  }

  #onChange(snapshot: JobSnapshot): void {
    if (TERMINAL_JOB_STATES.includes(snapshot.state)) {
      this.#afterwards.get(snapshot.id)?.(snapshot.error?.code === 'worker-crashed');
      this.#afterwards.delete(snapshot.id);
      // The job is done whether or not old journals could be tidied up.
      if (snapshot.state === 'succeeded') void this.#parts.undo.prune().catch(() => undefined);
    }
    this.#parts.events.emit('job.changed', snapshot);
  }
}

/** Every file that a review tells of: what is read, and a file that would be replaced. */
function reviewedPaths(
  spec: OperationSpec,
  { file, other, parent, downTo, target }: OperationPaths,
  chain: readonly string[],
): string[] {
  const replaced = 'replace' in spec && spec.replace === true ? target : null;
  return [file, other, parent, downTo, replaced, ...chain].filter((path): path is string => path !== null);
}

/** What a repair saves of the metadata alone is no image to open next. */
const isArchive = (spec: OperationSpec): boolean => spec.verb === 'repair' && spec.backup === 'metadata';

/** The images that an operation names. */
const namedIds = (spec: OperationSpec): string[] => [
  ...('fileId' in spec ? [spec.fileId] : []),
  ...('otherId' in spec ? [spec.otherId] : []),
];
