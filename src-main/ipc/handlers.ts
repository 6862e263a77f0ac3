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
  return {
    ...appHandlers(services),
    ...fileHandlers(services),
    ...imageHandlers(services),
    ...chainHandlers(services),
    ...repairHandlers(services),
    ...jobHandlers(services),
  };
}
