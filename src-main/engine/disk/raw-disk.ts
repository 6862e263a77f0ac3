import { FlatDisk } from './flat-disk';

/** A raw disk: the file is the disk. Opened only where the person said so. */
export class RawDisk extends FlatDisk {}
