export { locateSplitSet, openImageFile } from './image-file';
export { readLocators, toLocatorFacts } from './locators';
export type { ReadLocator } from './locators';
export { CHAIN_DEPTH_MAX, openDisk, openDiskFromFile } from './open-disk';
export type { ChainMember, OpenDiskOptions, OpenedDisk } from './open-disk';
export { peekImage } from './peek-image';
export type { PeekedImage } from './peek-image';
export { resolveParent } from './resolve-parent';
export type { LocatorTrial, ParentResolution, ParentSearchOptions } from './resolve-parent';
