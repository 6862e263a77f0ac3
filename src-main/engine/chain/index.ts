export { chainReport } from './chain-report';
export { findChildren, requireNoChildren } from './find-children';
export { folderOf, openImageFile, realImagePath } from './image-file';
export {
  describeMissing,
  describePieceName,
  missingPieceOf,
  PIECE_NAME_HINT,
  requireNoPieceName,
  requireWholeSet,
} from './split-set';
export { readLocators, toLocatorFacts } from './locators';
export { imagesInFolder } from './images-in-folder';
export { isAllowed } from './may-open';
export type { ReadLocator } from './locators';
export { NO_IDENTITY, openDisk, openDiskFromFile } from './open-disk';
export type { ChainMember, OpenDiskOptions, OpenedDisk } from './open-disk';
export { openForWritingDisk } from './open-writable';
export type { OpenedWritableDisk } from './open-writable';
export { peekImage } from './peek-image';
export { proveChain } from './prove-chain';
export type { PeekedImage } from './peek-image';
export { resolveParent } from './resolve-parent';
export type { ParentResolution, ParentSearchOptions } from './resolve-parent';
export { linkSizeBytes, linkTo, placeLink } from './parent-link';
export type { PlacedLink } from './parent-link';
