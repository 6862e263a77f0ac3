import { AppError } from '../../src-shared/errors';
import { METHOD_NAMES } from '../../src-shared/ipc/method-names';
import type { Services } from '../services/app';
import type { Handlers } from './dispatch';
import { appHandlers } from './handlers/app';
import { chainHandlers } from './handlers/chain';
import { fileHandlers } from './handlers/files';
import { imageHandlers } from './handlers/image';
import { jobHandlers } from './handlers/jobs';
import { repairHandlers } from './handlers/repair';

/** Every method of the contract, by area. */
export function createHandlers(services: Services): Handlers {
  const later = Object.fromEntries(
    METHOD_NAMES.map((name) => [
      name,
      async () => {
        throw new AppError('unsupported', `${name} is not part of this build.`);
      },
    ]),
  ) as unknown as Handlers;
  return {
    ...later,
    ...appHandlers(services),
    ...fileHandlers(services),
    ...imageHandlers(services),
    ...chainHandlers(services),
    ...repairHandlers(services),
    ...jobHandlers(services),
  };
}
