/** Words of the format that the verbs use, in a sentence each: `platter help words`, and below the help of a verb. */
export const WORDS: Readonly<Record<string, string>> = {
  BAT: 'Block allocation table: where in the file each block of a dynamic or differencing disk lies, if it is stored.',
  batmap: 'A table that Xen adds: which blocks are stored in full.',
  block:
    'What a dynamic or differencing disk is stored in, usually 2 MiB of content with a sector bitmap before it.',
  chain: 'A child, its parent, the parent of that one, and so on down to the base.',
  child: 'A differencing disk: it holds only what differs from its parent.',
  CHS: 'Cylinders, heads and sectors per track: the geometry that old programs take the size of a disk from.',
  'current size': 'The size of the disk as the guest sees it; the footer stores it.',
  'dynamic disk header': 'Where the BAT lies and how large a block is; of a child also who its parent is.',
  footer: 'The last 512 bytes of an image: type, size, geometry, unique id, checksum.',
  'footer copy': 'The same at the start of a dynamic or differencing disk, in case the footer is lost.',
  locator:
    'A path to the parent that a child stores: W2ru relative and W2ku absolute for Windows, MacX a file URL.',
  'original size': 'The size when the disk was made.',
  parent: 'The image that a child stands on; it must not change, or the child shows garbage.',
  'saved state':
    'The disk belongs to a virtual machine that sleeps with it; changing it would break the machine.',
  'sector bitmap': 'One bit for each sector of a block: whether the sector is stored in it.',
  'unique id': 'What tells one image from another; a child names its parent by it.',
};
