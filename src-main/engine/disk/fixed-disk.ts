import { FlatDisk } from './flat-disk';

/**
 * A fixed disk: the guest's bytes from byte 0, then the footer. Where the data area is longer than the current size,
 * the first bytes are the disk's (QEMU, VirtualBox, libvhd, DiscUtils; 7-Zip takes the last ones, K§3 #15).
 */
export class FixedDisk extends FlatDisk {}
