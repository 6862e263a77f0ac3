/** The job centre. */
export const jobs = {
  title: 'Jobs',
  lead: 'What Platter is doing, and what it did since it was started.',
  empty: 'No job yet',
  emptyBody: 'Creating, converting, resizing and merging run here, one after another for the same file.',
  states: { queued: 'Waiting', running: 'Running', paused: 'Paused', cancelling: 'Cancelling', succeeded: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
  verbs: {
    create: 'Create', snapshot: 'Create a child', convert: 'Convert', resize: 'Resize', compact: 'Compact', merge: 'Merge', relink: 'Relink', azure: 'Make ready for Azure',
    rescue: 'Rescue', compare: 'Compare', hash: 'Hash', check: 'Check', extract: 'Extract', repair: 'Repair', edit: 'Edit',
  },
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  dismiss: 'Remove from the list',
  details: 'Details of {name}',
  started: 'Started {when}',
  took: 'took {seconds} s',
  show: 'Show',
  endedWell: '{verb}: done',
  endedBadly: '{verb}: failed',
  active: 'Active',
  ended: 'Ended',
}; // prettier-ignore
