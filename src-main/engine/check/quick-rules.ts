import { changeInterrupted } from './file/change-interrupted';
import { fileSizeNotSectors } from './file/file-size-not-sectors';
import { hostFileAttributes } from './file/host-file-attributes';
import { mergeInProgress } from './file/merge-in-progress';
import { nameDoesNotFit } from './file/name-does-not-fit';
import { nestedImage } from './file/nested-image';
import { splitImage } from './file/split-image';
import { unreferencedSpace } from './file/unreferenced-space';
import { valueTooLarge } from './file/value-too-large';
import { bytesAfterFooter } from './footer/bytes-after-footer';
import { diskTypeContradicted } from './footer/disk-type-contradicted';
import { diskTypeUnknown } from './footer/disk-type-unknown';
import { featureTemporary } from './footer/feature-temporary';
import { featuresReservedBit } from './footer/features-reserved-bit';
import { featuresUnknownBits } from './footer/features-unknown-bits';
import { fileFormatVersion } from './footer/file-format-version';
import { footerChecksum } from './footer/footer-checksum';
import { footerCookie } from './footer/footer-cookie';
import { footerCopyChecksum } from './footer/footer-copy-checksum';
import { footerCopyCookie } from './footer/footer-copy-cookie';
import { footerCopyMissing } from './footer/footer-copy-missing';
import { footerDataOffset } from './footer/footer-data-offset';
import { footerHidden } from './footer/footer-hidden';
import { footerMissing } from './footer/footer-missing';
import { footerPoisoned } from './footer/footer-poisoned';
import { footerReservedBytes } from './footer/footer-reserved-bytes';
import { footerShort } from './footer/footer-short';
import { footersDifferHidden } from './footer/footers-differ-hidden';
import { footersDiffer } from './footer/footers-differ';
import { savedState } from './footer/saved-state';
import { tapVersion } from './footer/tap-version';
import { timestampFuture } from './footer/timestamp-future';
import { uniqueIdNull } from './footer/unique-id-null';
import { currentSizeUnusable } from './size/current-size-unusable';
import { fixedTooLong } from './size/fixed-too-long';
import { fixedTooShort } from './size/fixed-too-short';
import { geometryTooLarge } from './size/geometry-too-large';
import { geometryTooSmall } from './size/geometry-too-small';
import { geometryUnusual } from './size/geometry-unusual';
import { geometryZero } from './size/geometry-zero';
import { originalSizeLarger } from './size/original-size-larger';
import { sizeNotSectors } from './size/size-not-sectors';
import { sizeOverLimit } from './size/size-over-limit';
import { sizeZero } from './size/size-zero';
import { blockSizeIllegal } from './header/block-size-illegal';
import { blockSizeUnusual } from './header/block-size-unusual';
import { dynamicWithParent } from './header/dynamic-with-parent';
import { headerChecksum } from './header/header-checksum';
import { headerCookie } from './header/header-cookie';
import { headerDataOffset32Bit } from './header/header-data-offset-32-bit';
import { headerDataOffset } from './header/header-data-offset';
import { headerMissing } from './header/header-missing';
import { headerOffsetUnusual } from './header/header-offset-unusual';
import { headerReservedBytes } from './header/header-reserved-bytes';
import { headerVersion } from './header/header-version';
import { parentIdNull } from './header/parent-id-null';
import { alignmentBroken } from './bat/alignment-broken';
import { batEntriesBeyondDisk } from './bat/bat-entries-beyond-disk';
import { batEntryInMetadata } from './bat/bat-entry-in-metadata';
import { batEntryOutside } from './bat/bat-entry-outside';
import { batOutside } from './bat/bat-outside';
import { batPadding } from './bat/bat-padding';
import { batTruncated } from './bat/bat-truncated';
import { batUnaligned } from './bat/bat-unaligned';
import { batmapInvalid } from './bat/batmap-invalid';
import { batmapMissing } from './bat/batmap-missing';
import { blockCutOff } from './bat/block-cut-off';
import { blockOverFooter } from './bat/block-over-footer';
import { blocksOverlap } from './bat/blocks-overlap';
import { tableOverBlocks } from './bat/table-over-blocks';
import { tableSurplusEntries } from './bat/table-surplus-entries';
import { tableTooSmall } from './bat/table-too-small';
import { chainLoop } from './chain/chain-loop';
import { parentFoundById } from './chain/parent-found-by-id';
import { locatorDuplicate } from './locator/locator-duplicate';
import { locatorEmpty } from './locator/locator-empty';
import { locatorOutside } from './locator/locator-outside';
import { locatorOverlaps } from './locator/locator-overlaps';
import { locatorPathForm } from './locator/locator-path-form';
import { locatorRemote } from './locator/locator-remote';
import { locatorReserved } from './locator/locator-reserved';
import { locatorSpace } from './locator/locator-space';
import { locatorText } from './locator/locator-text';
import { locatorUnknownCode } from './locator/locator-unknown-code';
import { locatorsNone } from './locator/locators-none';
import { parentNameDiffers } from './locator/parent-name-differs';
import type { Rule } from './rule';

/** Rules that look at metadata only: all that `info` needs. */
export const QUICK_RULES: readonly Rule[] = [
  // file
  changeInterrupted,
  fileSizeNotSectors,
  hostFileAttributes,
  mergeInProgress,
  nameDoesNotFit,
  nestedImage,
  splitImage,
  unreferencedSpace,
  valueTooLarge,
  // footer
  bytesAfterFooter,
  diskTypeContradicted,
  diskTypeUnknown,
  featureTemporary,
  featuresReservedBit,
  featuresUnknownBits,
  fileFormatVersion,
  footerChecksum,
  footerCookie,
  footerCopyChecksum,
  footerCopyCookie,
  footerCopyMissing,
  footerDataOffset,
  footerHidden,
  footerMissing,
  footerPoisoned,
  footerReservedBytes,
  footerShort,
  footersDifferHidden,
  footersDiffer,
  savedState,
  tapVersion,
  timestampFuture,
  uniqueIdNull,
  // size
  currentSizeUnusable,
  fixedTooLong,
  fixedTooShort,
  geometryTooLarge,
  geometryTooSmall,
  geometryUnusual,
  geometryZero,
  originalSizeLarger,
  sizeNotSectors,
  sizeOverLimit,
  sizeZero,
  // header
  blockSizeIllegal,
  blockSizeUnusual,
  dynamicWithParent,
  headerChecksum,
  headerCookie,
  headerDataOffset32Bit,
  headerDataOffset,
  headerMissing,
  headerOffsetUnusual,
  headerReservedBytes,
  headerVersion,
  parentIdNull,
  // bat
  alignmentBroken,
  batEntriesBeyondDisk,
  batEntryInMetadata,
  batEntryOutside,
  batOutside,
  batPadding,
  batTruncated,
  batUnaligned,
  batmapInvalid,
  batmapMissing,
  blockCutOff,
  blockOverFooter,
  blocksOverlap,
  tableOverBlocks,
  tableSurplusEntries,
  tableTooSmall,
  // locator
  locatorDuplicate,
  locatorEmpty,
  locatorOutside,
  locatorOverlaps,
  locatorPathForm,
  locatorRemote,
  locatorReserved,
  locatorSpace,
  locatorText,
  locatorUnknownCode,
  locatorsNone,
  parentNameDiffers,
  // chain
  chainLoop,
  parentFoundById,
];
