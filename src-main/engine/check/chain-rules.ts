import { ancestorDamaged } from './chain/ancestor-damaged';
import { ancestorUnreadable } from './chain/ancestor-unreadable';
import { chainTooDeep } from './chain/chain-too-deep';
import { duplicateUniqueId } from './chain/duplicate-unique-id';
import { locatorStale } from './chain/locator-stale';
import { parentAmbiguous } from './chain/parent-ambiguous';
import { parentBlockSizeDiffers } from './chain/parent-block-size-differs';
import { parentMismatch } from './chain/parent-mismatch';
import { parentMissing } from './chain/parent-missing';
import { parentNewer } from './chain/parent-newer';
import { parentRaw } from './chain/parent-raw';
import { parentSizeDiffers } from './chain/parent-size-differs';
import { parentTimeDiffers } from './chain/parent-time-differs';
import type { Rule } from './rule';

/** Rules of a check up to the root, loaded when one is asked for. */
export const CHAIN_RULES: readonly Rule[] = [
  // chain
  ancestorDamaged,
  ancestorUnreadable,
  chainTooDeep,
  duplicateUniqueId,
  locatorStale,
  parentAmbiguous,
  parentBlockSizeDiffers,
  parentMismatch,
  parentMissing,
  parentNewer,
  parentRaw,
  parentSizeDiffers,
  parentTimeDiffers,
];
