/** The wizards over an open image: convert, resize, compact, merge, Azure. */
export const verbs = {
  steps: { what: 'What' },
  lacksParent: 'Its chain of parents is not whole',
  lacksParentWhy: 'A parent of this image is missing or not the right one, so that its content cannot be read. Relink it first.',
  underWay: '{verb}: a job on this image has not ended yet.',
  toJobs: 'Look at the jobs',
  source: 'Image',
  now: 'Now',
  convert: {
    title: 'Convert {name}', heading: 'Into what?', finish: 'Convert', to: 'Target',
    fixed: 'Fixed VHD', fixedHint: 'As large as the disk.', dynamic: 'Dynamic VHD', dynamicHint: 'Zero areas take no room.', raw: 'Raw disk', rawHint: 'The plain bytes, for dd, loop devices and other programs.',
    chain: 'The whole chain is read: the result stands alone.', verify: 'Compare the result with the source afterwards', verifyHint: 'Reads both once more.',
    sizeRule: 'Size of the result',
  },
  resize: {
    title: 'Resize {name}', heading: 'How large shall the disk be?', finish: 'Resize', newSize: 'New size', marks: 'Or slide to it', slider: 'New size, from small to large', allowShrink: 'Allow making it smaller',
    allowShrinkHint: 'Only where no data, partition or partition table lies beyond the new end; that is looked at first.', same: 'That is the size it has', needsShrink: 'Smaller than now: allow that first',
    grow: 'Grows by {size}', shrink: 'Shrinks by {size}', inPlace: 'In place, with an undo journal.', partitions: 'Partitions and file systems inside keep their size; the system that uses the disk can enlarge them.',
    mark: { current: 'as it is', minimum: 'smallest possible', lastPartition: 'end of the last partition', usedEnd: 'end of what is in use', azure: 'next for Azure', chs: 'next that the geometry holds', maximum: 'largest', maximumOfReaders: 'largest for QEMU' },
    verify: 'Compare the content before and after', verifyHint: 'Reads the disk twice. Without it, only the structures and what was moved are read once more.',
  },
  compact: {
    title: 'Compact {name}', heading: 'What would be gained', finish: 'Compact', mode: 'Result', inPlace: 'In place', inPlaceHint: 'With an undo journal; crash-safe at every step.', dropUnclaimed: 'Give up the blocks that the BAT has lost', dropUnclaimedHint: 'What is in them goes with the space. The undo journal keeps it until it is removed.', toNew: 'Into a new file', toNewHint: 'The image stays as it is.',
    before: 'File now', after: 'File afterwards', saved: 'Gained', zeroBlocks: 'Blocks of zeros', gaps: 'Gaps between blocks', table: 'Room the table does not need', trailing: 'After the last block',
    pointless: 'There is nothing to gain', nothing: 'No block holds only zeros, and there are no gaps. Files deleted inside the guest still lie there: let the guest overwrite its free room with zeros first, then compact.', scanning: 'Looking at every block',
    gained: '{size} would be gained, {share} of the file', gainedNothing: 'The file would stay as large as it is', causes: 'Where the gain comes from', realign: 'Also align every block to 4 KiB', realignHint: 'Faster on disks with sectors of 4 KiB. | Faster on disks with sectors of 4 KiB; one block is not aligned now. | Faster on disks with sectors of 4 KiB; {count} blocks are not aligned now.', unaligned: 'one block does not begin at a multiple of 4 KiB | one block does not begin at a multiple of 4 KiB | {count} blocks do not begin at a multiple of 4 KiB',
    blocks: '{before} → {after} blocks',
  },
  merge: {
    title: 'Merge {name}', heading: 'Into what?', finish: 'Merge', mode: 'Result', toNew: 'Into a new file', toNewHint: 'Child and parent stay as they are.', intoParent: 'Into the parent', intoParentHint: 'The parent takes over what the child holds. The child is untouched until the parent was verified.',
    deleteChild: 'Delete the child afterwards', deleteChildHint: 'Otherwise it stays, and is redundant.', confirm: 'This changes {parent} for good', confirmBody: 'A finished merge into the parent cannot be undone. Merge into a new file to keep both as they are.', typeFirst: 'Type {parent} to confirm', with: 'Merged with', between: 'And all between', downTo: 'Merge with everything down to', withParent: 'It is merged with its parent, {parent}.', noParent: 'The parent is not found or not proven: relink the image first.', toChain: 'Look at its chain',
    resultType: 'The new file is a disk of its own, without a parent.', resultChild: 'The new file stands on the parent of the image it is merged with.',
  },
  rescue: {
    title: 'Save what can be saved of {name}', heading: 'What will be done', finish: 'Rescue', lead: 'The file is searched for blocks, partition tables and file systems. What is found goes into a new file.', readOnly: 'The image itself is only read.', report: 'A report says what is certain, what is likely, and what is lost.', action: 'Save what can be saved…',
  },
  azure: {
    title: 'Make {name} ready for Azure', heading: 'What Azure asks for', finish: 'Make it', lead: 'A new file: fixed, a whole number of MiB, with everything else that Azure asks for. The image stays as it is.', verdict: 'As it is now', size: 'Size in Azure', grows: 'grows by {size} to a whole MiB', growsToLeast: 'grows by {size}: Azure takes 20 MiB at least', asIs: 'a whole number of MiB already', tooLarge: 'larger than Azure takes',
    osDisk: 'System disk', osDiskYes: 'possible', osDiskNo: 'larger than 2040 GiB', upload: 'To be uploaded',
  },
}; // prettier-ignore
