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
  bridge: {
    cause: 'The window lost the connection to the program that reads the files.',
    next: 'Reload the window. If it happens again, start Platter anew.',
  },
};
