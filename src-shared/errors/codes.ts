import type { ErrorKind } from './kinds';

export interface ErrorText {
  readonly kind: ErrorKind;
  /** What failed, as a heading. */
  readonly title: string;
  /** What to do next, in one or two sentences. */
  readonly hint: string;
}

const text = (kind: ErrorKind, title: string, hint: string): ErrorText => ({ kind, title, hint });

/** Every code an AppError can carry, with the words a person sees. */
export const ERROR_CODES = {
  usage: text('usage', 'Wrong usage', 'Run the verb with --help to see its options and an example.'),
  'bad-size': text(
    'usage',
    'Not a usable size',
    'Give a size such as 1008M, 1.5g, 127GB or a number of bytes that is a multiple of 512.',
  ),
  'bad-value': text('usage', 'A value cannot be used', 'Correct the value and try again.'),
  'target-is-source': text(
    'usage',
    'The target is what the result is made from',
    'Choose another name: a result never takes the place of its own source.',
  ),
  'json-with-stdout': text(
    'usage',
    'JSON and data cannot share standard output',
    'Leave out --json, or write the data to a file.',
  ),

  'not-a-vhd': text(
    'refused',
    'Not a VHD image',
    'Choose another file; one of another format needs a tool for that format.',
  ),
  'no-metadata': text(
    'refused',
    'No footer and no dynamic disk header can be found',
    'If this was a VHD, "platter rescue" searches the file for what can be saved. A fixed disk whose footer is gone, and a raw disk, are read with --from raw.',
  ),
  'split-incomplete': text(
    'refused',
    'A piece of the split set is missing',
    'Put all pieces (.vhd, .v01, .v02 and so on) into one folder. What is there can be read with --allow-damaged; of a fixed disk, whose footer is in the last piece, with --from raw.',
  ),
  'too-damaged': text(
    'refused',
    'The image is too damaged for this',
    'Run "platter check" to see what is wrong and "platter repair" for what can be mended.',
  ),
  'damaged-range': text(
    'refused',
    'Part of the image cannot be trusted',
    'Repair the image first, or read the affected ranges as zeros with --allow-damaged.',
  ),
  unsupported: text('refused', 'Not supported', 'See the message for what is not supported and why.'),
  'value-too-large': text(
    'refused',
    'A number in the file is beyond what can be handled',
    'Run "platter check" on the image; the field is probably damaged.',
  ),
  'type-mismatch': text(
    'refused',
    'The disk type does not fit',
    'Choose an image of the type named in the message.',
  ),
  'size-limit': text(
    'refused',
    'The size is outside what the format can hold',
    'Choose a size within the limit named in the message.',
  ),
  'sizes-differ': text(
    'refused',
    'Parent and child have different sizes',
    'Merge into a new file (--output), which gets the size of the child, or give the child the size of the parent first with "platter resize".',
  ),
  'parent-missing': text(
    'refused',
    'The parent image was not found',
    'Put the parent beside the child, or name it with "platter relink".',
  ),
  'parent-mismatch': text(
    'refused',
    'The parent is not the image this child was made from',
    'Find the image with the unique id named above; "platter relink --accept-mismatch" takes another one on purpose.',
  ),
  'parent-raw-unnamed': text(
    'refused',
    'The child stands on a raw disk that nobody has named',
    'Name the raw parent explicitly; a raw disk carries no identity that could be proven.',
  ),
  'parent-ambiguous': text(
    'refused',
    "Two different images carry the parent's unique id",
    'Name the right one with "platter relink --parent FILE".',
  ),
  'chain-loop': text('refused', 'The parent chain loops', 'Relink the child to its true parent.'),
  'chain-too-deep': text('refused', 'The parent chain is too long', 'Merge some of the chain first.'),
  'saved-state': text(
    'wouldLoseData',
    'The disk belongs to a virtual machine in saved state',
    'Start and shut down the machine, or clear the flag with "platter edit --set savedState=0".',
  ),
  'has-children': text(
    'wouldLoseData',
    'Other images depend on this one',
    'Work on the children first, or accept that they break with --break-children.',
  ),
  'data-beyond-end': text(
    'wouldLoseData',
    'Something lies beyond the new end',
    'Move or delete what is in the way inside the guest, then try again.',
  ),
  'unclaimed-data': text(
    'wouldLoseData',
    'Blocks that the BAT has lost would go',
    'Save what is in them with "platter rescue", compact into a new file with --output, or give them up with --drop-unclaimed.',
  ),
  'verify-failed': text(
    'refused',
    'The result is not what it must be',
    'Nothing was published and the source is untouched. Check the disk the target lies on, then try again.',
  ),
  'journal-invalid': text(
    'refused',
    'The undo journal cannot be used',
    'See the message for what does not fit.',
  ),
  'journal-pending': text(
    'refused',
    'An earlier change of this image was interrupted',
    'Run "platter undo" on the image to roll it back first.',
  ),
  'input-too-long': text(
    'refused',
    'The input is longer than the disk',
    'Give less data, begin earlier, or make the disk larger.',
  ),
  'nothing-to-undo': text(
    'refused',
    'There is nothing to undo',
    'Use "platter undo --list" to see the journals that exist.',
  ),
  'nothing-found': text(
    'refused',
    'Nothing was found that could be saved',
    'The file holds no block, partition table or file system that could be recognised. If it is a fixed disk whose footer is gone, or a raw disk, its content can still be read: "platter convert --from raw".',
  ),

  'file-not-found': text('system', 'No such file', 'Check the name and the folder.'),
  'permission-denied': text(
    'system',
    'Permission denied',
    'Ask for access to the file, or copy it to a folder of yours.',
  ),
  'not-a-regular-file': text(
    'system',
    'Not a regular file',
    'Only regular files are opened; devices, pipes and folders are not.',
  ),
  'file-in-use': text(
    'system',
    'The file is in use',
    'Close the program or virtual machine that uses it, then try again.',
  ),
  'lock-unavailable': text(
    'system',
    'No lock could be had',
    'Copy the image to a local disk before changing it, or insist with --no-lock.',
  ),
  'no-space': text('system', 'Not enough free space', 'Free some space, or choose another place.'),
  'target-exists': text(
    'system',
    'The target already exists',
    'Choose another name, or replace it on purpose with --force.',
  ),
  'target-limit': text(
    'system',
    'The target cannot hold a file of this size',
    'Choose a target on another file system.',
  ),
  'path-too-long': text('system', 'The path is too long for this system', 'Choose a shorter name or folder.'),
  'unusable-name': text(
    'system',
    'The name of the file cannot be used',
    'Rename the file to letters and digits where it lies, then try again.',
  ),
  'read-only-target': text('system', 'The place is read-only', 'Choose a folder that can be written.'),
  'io-error': text(
    'system',
    'Reading or writing failed',
    'Check the disk and its cable or network; copy the file elsewhere before going on.',
  ),
  'file-gone': text(
    'system',
    'The file can no longer be reached',
    'Reconnect the drive or share, then open it again.',
  ),
  'outside-roots': text(
    'system',
    'The path is outside the folders this server may use',
    'Start "platter serve" with --root for the folder.',
  ),

  'file-changed': text(
    'conflict',
    'The file changed since it was looked at',
    'Open it again and look at the new state first.',
  ),
  'unknown-file': text('conflict', 'This file is no longer open', 'Open it again.'),

  cancelled: text('cancelled', 'Cancelled', 'Nothing half-written was left behind.'),
  'merge-unfinished': text(
    'cancelled',
    'Cancelled in the middle of a merge',
    'Run the same merge again: it goes on where it stopped.',
  ),

  forbidden: text('usage', 'Refused', "The request did not come from Platter's own window."),
  'bad-request': text(
    'usage',
    'The request does not fit its contract',
    'Reload the page; if it happens again, report it.',
  ),
  'worker-crashed': text(
    'internal',
    'The engine stopped unexpectedly',
    'The job failed and nothing else; try again, and report it if it happens twice.',
  ),
  internal: text(
    'internal',
    'Unexpected error',
    'This is a bug in Platter. Please report it with the text above.',
  ),
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof ERROR_CODES;
