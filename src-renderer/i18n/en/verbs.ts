/** The wizards over an open image: convert, resize, compact, merge, Azure. */
export const verbs = {
  steps: { what: 'What', place: 'Place', review: 'Review' },
  source: 'Image',
  now: 'Now',
  place: 'Where shall the result be?',
  review: 'Everything as it will be done',
  breakChildren: 'Go on although other images depend on this one',
  breakChildrenHint: 'Its children would no longer open.',
  convert: {
    title: 'Convert {name}', heading: 'Into what?', finish: 'Convert', to: 'Target',
    fixed: 'Fixed VHD', fixedHint: 'As large as the disk.', dynamic: 'Dynamic VHD', dynamicHint: 'Zero areas take no room.', raw: 'Raw disk', rawHint: 'The plain bytes, for dd, loop devices and other programs.',
    chain: 'The whole chain is read: the result stands alone.', verify: 'Compare the result with the source afterwards', verifyHint: 'Reads both once more.',
    sizeRule: 'Size of the result',
  },
  resize: {
    title: 'Resize {name}', heading: 'How large shall the disk be?', finish: 'Resize', newSize: 'New size', marks: 'Marks', allowShrink: 'Allow making it smaller',
    allowShrinkHint: 'Only where no data, partition or partition table lies beyond the new end; that is looked at first.', same: 'That is the size it has', needsShrink: 'Smaller than now: allow that first',
    grow: 'Grows by {size}', shrink: 'Shrinks by {size}', inPlace: 'In place, with an undo journal.', partitions: 'Partitions and file systems inside keep their size; the system that uses the disk can enlarge them.',
    mark: { current: 'as it is', minimum: 'smallest possible', lastPartition: 'end of the last partition', usedEnd: 'end of what is in use', azure: 'next for Azure', chs: 'next that the geometry holds', maximum: 'largest' },
  },
  compact: {
    title: 'Compact {name}', heading: 'What would be gained', finish: 'Compact', mode: 'Result', inPlace: 'In place', inPlaceHint: 'With an undo journal; crash-safe at every step.', toNew: 'Into a new file', toNewHint: 'The image stays as it is.',
    forecast: 'Forecast', before: 'File now', after: 'File afterwards', saved: 'Gained', zeroBlocks: 'Blocks of zeros', gaps: 'Gaps between blocks', table: 'Room the table does not need', trailing: 'After the last block',
    nothing: 'There is nothing to gain: no block holds only zeros, and there are no gaps. Inside the guest, deleted files must be overwritten with zeros first.', scanning: 'Looking at every block',
    blocks: '{before} → {after} blocks',
  },
  merge: {
    title: 'Merge {name}', heading: 'Into what?', finish: 'Merge', mode: 'Result', toNew: 'Into a new file', toNewHint: 'Child and parent stay as they are.', intoParent: 'Into the parent', intoParentHint: 'The parent takes over what the child holds. The child is untouched until the parent was verified.',
    deleteChild: 'Delete the child afterwards', deleteChildHint: 'Otherwise it stays, and is redundant.', confirm: 'This changes the parent, {parent}.', parent: 'Parent', noParent: 'The parent is not proven: relink it first.',
    resultType: 'The new file is a disk of its own, without a parent.',
  },
  rescue: {
    title: 'Save what can be saved of {name}', finish: 'Rescue', lead: 'The file is searched for blocks, partition tables and file systems. What is found goes into a new file, with a report of what is certain, likely and lost. The image itself is only read.', action: 'Save what can be saved…',
  },
  azure: {
    title: 'Make {name} ready for Azure', heading: 'What Azure asks for', finish: 'Make it', lead: 'A new file: fixed, a whole number of MiB, with everything else that Azure asks for. The image stays as it is.', verdict: 'As it is now', size: 'Size in Azure', grows: 'grows by {size} to a whole MiB', growsToLeast: 'grows by {size}: Azure takes 20 MiB at least', asIs: 'a whole number of MiB already', tooLarge: 'larger than Azure takes',
    osDisk: 'System disk', osDiskYes: 'possible', osDiskNo: 'larger than 2040 GiB', upload: 'To be uploaded',
  },
}; // prettier-ignore
