/**
 * The numbers of the VHD format, version 1.0.
 *
 * Source: Virtual Hard Disk Image Format Specification (Microsoft, October 2006), unless another is named.
 */

/** Bytes of one sector; the format knows no other sector size. */
export const SECTOR_SIZE_BYTES = 512;
/** Bytes of a footer. */
export const FOOTER_SIZE_BYTES = 512;
/** Bytes of the footer that programs before Virtual PC 2004 wrote: the last reserved byte is absent. */
export const SHORT_FOOTER_SIZE_BYTES = 511;
/** Bytes of a dynamic disk header. */
export const DYNAMIC_HEADER_SIZE_BYTES = 1024;

/** First eight bytes of a footer and of its copy (sic, one n). */
export const FOOTER_COOKIE = 'conectix';
/** First eight bytes of a dynamic disk header. */
export const DYNAMIC_HEADER_COOKIE = 'cxsparse';
/** First eight bytes of blktap's batmap header, on the sector after the BAT (blktap, vhd.h). */
export const BATMAP_COOKIE = 'tdbatmap';
/** What blktap puts in place of the footer cookie while a disk must not be used (blktap, libvhd.h). */
export const POISONED_FOOTER_COOKIE = 'v_poison';

/** Version 1.0, for the footer's file format version and the dynamic disk header's header version. */
export const FORMAT_VERSION_1_0 = 0x0001_0000;

/** Feature bit: the disk is temporary and may be deleted on shutdown. */
export const FEATURE_TEMPORARY = 0x1;
/** Feature bit that must always be set. */
export const FEATURE_RESERVED = 0x2;

/** Byte offset within the footer of the checksum. */
export const FOOTER_CHECKSUM_OFFSET = 64;
/** Byte offset within the dynamic disk header of the checksum. */
export const DYNAMIC_HEADER_CHECKSUM_OFFSET = 36;
/** Byte offset within the footer of the hidden flag, which only blktap (Xen) uses (blktap, vhd.h). */
export const FOOTER_HIDDEN_OFFSET = 85;

/** A 64-bit offset that points nowhere: all bits set. `readU64` gives it as `null`. */
export const UNUSED_OFFSET = 0xffff_ffff_ffff_ffffn;
/**
 * The mistaken form of an unused 64-bit offset, with only the low 32 bits set.
 * COMPAT(qemu before 2.x): written into the header's data offset; vhd-lib and blktap refuse it.
 */
export const UNUSED_OFFSET_32_BIT = 0xffff_ffff;

/** Bytes of one BAT entry. */
export const BAT_ENTRY_SIZE_BYTES = 4;
/** BAT entry of a block that is not allocated. */
export const BAT_UNUSED = 0xffff_ffff;
/** Largest sector offset that a BAT entry can hold. */
export const MAX_BAT_SECTOR = 0xffff_fffe;

/** Entries for parent locators in a dynamic disk header. */
export const PARENT_LOCATOR_COUNT = 8;
/** Bytes of one parent locator entry. */
export const PARENT_LOCATOR_SIZE_BYTES = 24;
/** Byte offset within the dynamic disk header of the first parent locator entry. */
export const PARENT_LOCATORS_OFFSET = 576;
/** UTF-16 code units that the parent unicode name has room for. */
export const PARENT_UNICODE_NAME_UNITS = 256;

/** Where the dynamic disk header usually lies, behind the footer copy; the footer's data offset decides. */
export const USUAL_HEADER_OFFSET = 512;
/** Where the BAT usually lies; the header's table offset decides. */
export const USUAL_BAT_OFFSET = 1536;

/** Bytes of 1 KiB. */
export const KIB_BYTES = 1024;
/** Bytes of 1 MiB. */
export const MIB_BYTES = 1024 * 1024;
/** Bytes of 1 GiB. */
export const GIB_BYTES = 1024 * 1024 * 1024;
/** Bytes of 1 TiB. */
export const TIB_BYTES = 1024 * 1024 * 1024 * 1024;

/** Data bytes of a block where nothing else is asked for. */
export const DEFAULT_BLOCK_SIZE_BYTES = 2 * MIB_BYTES;
/** Block sizes that the Windows API creates (CREATE_VIRTUAL_DISK_PARAMETERS). */
export const STANDARD_BLOCK_SIZES_BYTES: readonly number[] = [512 * KIB_BYTES, 2 * MIB_BYTES];
/** Smallest block that readers take: one sector. */
export const MIN_BLOCK_SIZE_BYTES = SECTOR_SIZE_BYTES;
/** Largest power of two that the 32-bit block size field can hold. */
export const MAX_BLOCK_SIZE_BYTES = 2 ** 31;

/** What Windows Server 2012 and later lay every block's data on: 4 KiB. Other writers put blocks one behind the other. */
export const DATA_ALIGNMENT_BYTES = 4096;

/** Largest dynamic or differencing disk: 2040 GiB. Windows, Hyper-V and QEMU hold to it. */
export const MAX_SPARSE_SIZE_BYTES = 2040 * GIB_BYTES;
/** Smallest disk that Windows makes or attaches: 3 MiB (makevhdx). */
export const MIN_WINDOWS_SIZE_BYTES = 3 * MIB_BYTES;
/** BAT entries beyond which QEMU refuses an image (INT_MAX / 4). */
export const MAX_QEMU_TABLE_ENTRIES = 0x1fff_ffff;
/** Blocks below which QEMU expects no sector bitmap, and so reads and writes the wrong bytes (executed with 7.2). */
export const MIN_QEMU_BLOCK_SIZE_BYTES = 4096;

/** Smallest Azure disk: 20 MiB (Azure, DiskCreationData.UploadSizeBytes less the footer). */
export const AZURE_MIN_SIZE_BYTES = 20 * MIB_BYTES;
/** Largest Azure data disk: 32 TiB. */
export const AZURE_MAX_SIZE_BYTES = 32 * TIB_BYTES;
/** Largest Azure system disk: 2040 GiB. */
export const AZURE_MAX_OS_DISK_SIZE_BYTES = 2040 * GIB_BYTES;
