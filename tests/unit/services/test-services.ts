import fs from 'node:fs';
import path from 'node:path';
import { vi } from 'vitest';
import { dispatch, type Handlers } from '../../../src-main/ipc/dispatch';
import { createHandlers } from '../../../src-main/ipc/handlers';
import { createServices, type Services } from '../../../src-main/services/app';
import type { SystemDialogs } from '../../../src-main/services/files/dialogs';
import { FolderRoots, unlimitedRoots } from '../../../src-main/services/files/roots';
import type { OperationSpec } from '../../../src-shared/ipc/operation';
import type { Input, Output } from '../../../src-shared/ipc/contract';
import type { MethodName } from '../../../src-shared/ipc/method-names';
import type { WireError } from '../../../src-shared/errors';
import { TERMINAL_JOB_STATES, type JobSnapshot } from '../../../src-shared/model/job';

export interface TestDoor {
  readonly services: Services;
  readonly handlers: Handlers;
  /** The folder the door may use; for the desktop its home. */
  readonly folder: string;
  readonly dataFolder: string;
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
  /** The error a call ends with; fails where it does not. */
  errorOf(method: string, input: unknown): Promise<WireError>;
  /** Starts a job, which needs `workerPath`. @returns the job as it ended. */
  runJob(operation: OperationSpec, reviewToken?: string): Promise<JobSnapshot>;
  /** The id of a file, as if the person had chosen it. */
  idOf(file: string): string;
}

/** A door's services over a temporary folder. The caller closes `services`. */
export function openTestDoor(
  temp: string,
  options: {
    readonly door?: 'desktop' | 'browser';
    readonly dialogs?: SystemDialogs | null;
    readonly workerPath?: string;
  } = {},
): TestDoor {
  const door = options.door ?? 'browser';
  const folder = path.join(temp, 'images');
  const dataFolder = path.join(temp, 'data');
  fs.mkdirSync(folder, { recursive: true });
  const roots = door === 'browser' ? new FolderRoots([folder]) : unlimitedRoots(folder);
  const { workerPath, dialogs = null } = options;
  const services = createServices({ door, dataFolder, roots, dialogs, workerPath });
  const handlers = createHandlers(services);
  return {
    services,
    handlers,
    folder,
    dataFolder,
    async call(method, input) {
      const envelope = await dispatch(handlers, method, input);
      if (!envelope.ok) throw new Error(`${method}: ${envelope.error.code}: ${envelope.error.message}`);
      return envelope.value as never;
    },
    async errorOf(method, input) {
      const envelope = await dispatch(handlers, method, input);
      if (envelope.ok) throw new Error(`${method} succeeded`);
      return envelope.error;
    },
    async runJob(operation, reviewToken) {
      const ended = new Map<string, JobSnapshot>();
      const stop = services.events.on('job.changed', (job) => {
        if (TERMINAL_JOB_STATES.includes(job.state)) ended.set(job.id, job);
      });
      const id = await services.jobs.start(operation, reviewToken);
      const job = await vi.waitFor(() => ended.get(id) ?? Promise.reject(new Error('still running')), {
        timeout: 20_000,
        interval: 5,
      });
      stop();
      return job;
    },
    idOf: (file) => services.registry.register(file).id,
  };
}
