export { BlockDisk } from './block-disk';
export { BlockTable, UNALLOCATED } from './block-table';
export { Damage } from './damage';
export { DifferencingDisk } from './differencing-disk';
export { FixedDisk } from './fixed-disk';
export { locateFooters } from './locate-footers';
export type { LocatedFooter } from './locate-footers';
export { locateMetadata, readMetadata } from './metadata';
export type { LocatedHeader, LocatedMetadata, VhdMetadata } from './metadata';
export {
  currentSizeOf,
  openImage,
  openImageForWriting,
  openRaw,
  openWritableRaw,
  requireVhd,
} from './open-image';
export { requireSoundMetadata } from './writable-image';
export { isAllZero } from './zeros';
export type { DiskExtent, OperationContext, VirtualDisk, WritableDisk } from './virtual-disk';
