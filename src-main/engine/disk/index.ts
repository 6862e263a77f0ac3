export { BitmapCache } from './bitmap-cache';
export { BlockDisk } from './block-disk';
export type { GuestRun } from './block-disk';
export { BlockTable, DAMAGED, UNALLOCATED } from './block-table';
export { Damage } from './damage';
export { DifferencingDisk } from './differencing-disk';
export { DynamicDisk } from './dynamic-disk';
export { FixedDisk } from './fixed-disk';
export { locateFooters } from './locate-footers';
export type { LocatedFooter, LocatedFooters } from './locate-footers';
export { readMetadata } from './metadata';
export type { LocatedHeader, VhdMetadata } from './metadata';
export {
  currentSizeOf,
  openImage,
  openImageForWriting,
  openRaw,
  openWritableRaw,
  requireVhd,
} from './open-image';
export type { ImageDisk } from './open-image';
export { describeFormat, probeFormat } from './probe';
export type { ImageFormat } from './probe';
export { RawDisk } from './raw-disk';
export { requireSoundMetadata } from './writable-image';
export { isAllZero } from './zeros';
export type { DiskExtent, ExtentState, OperationContext, VirtualDisk, WritableDisk } from './virtual-disk';
