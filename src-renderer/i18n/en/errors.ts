/** The frame around an error; what happened comes from the error catalogue itself. */
export const errors = {
  title: 'That did not work',
  evidence: 'Evidence',
  unchanged: 'What was left unchanged',
  unchangedDefault: 'No file was changed.',
  next: 'What to do next',
  code: 'Code',
  file: 'File',
  details: 'the details',
  /** What a verb of the command line, quoted in advice, is called on screen. */
  places: {
    check: 'Check & repair',
    repair: 'Check & repair',
    edit: 'Edit under Inspect',
    undo: 'Undo in History',
    finish: 'Finish above the image',
    remove: 'Remove in History',
    relink: 'Relink on the Chain screen',
    rescue: '“Save what can be saved”',
    resize: 'Resize',
    convert: 'Convert',
  },
  /** Where the catalogue's hint is a command line: what to do on screen instead. */
  hints: {
    'no-metadata': 'If this was a VHD, “Save what can be saved” searches the file for what is left of it.',
    'split-incomplete':
      'Put all pieces (.vhd, .v01, .v02 and so on) into one folder, and open the first again.',
    'too-damaged': 'See under Check & repair what is wrong and what can be mended.',
    'damaged-range': 'Repair the image first: Check & repair shows what can be mended.',
    'value-too-large': 'Look at the image under Check & repair; the field is probably damaged.',
    'parent-missing': 'Put the parent beside the child, or relink the child on its Chain screen.',
    'parent-mismatch':
      'Find the image with the unique id named above; Relink on the Chain screen can take another one on purpose.',
    'parent-ambiguous': 'Name the right one with Relink on the Chain screen.',
    'saved-state': 'Start and shut down the machine, or clear the flag: Inspect, footer, Saved state.',
    'has-children': 'Work on the children first, or give them up in the review of what you want to do.',
    'unclaimed-data':
      'Save what is in them with “Save what can be saved”, compact into a new file, or give them up in the review.',
    'journal-pending': 'Open History and roll the interrupted change back first.',
    'merge-pending': 'Merge the child into that parent again: it goes on where it stopped.',
    'nothing-to-undo': 'History lists every change that can be undone.',
    'lock-unavailable': 'Copy the image to a local disk before changing it.',
    'target-exists': 'Choose another name, or tick that the file there may be replaced.',
  },
  bridge: {
    cause: 'The window lost the connection to the program that reads the files.',
    next: 'Reload the window. If it happens again, start Platter anew.',
  },
};
