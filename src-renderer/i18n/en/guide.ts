/** The guided look at a file, for people who do not know the format. */
export const guide = {
  title: 'What is this file?',
  steps: { choose: 'Choose', verdict: 'What it is', next: 'What next' },
  headings: {
    choose: 'Which file is it?',
    verdict: 'This is what it is',
    next: 'What would you like to do?',
  },
  choose: 'Choose a file…',
  chooseOther: 'Another file…',
  chooseHint: 'Any file: Platter says what it is, even if it is no VHD. It is only read, never changed.',
  needsFile: 'Choose a file first',
  reading: 'Reading',
  is: {
    fixed:
      'It is a virtual hard disk of {size}. Its type is fixed: the file holds the whole disk, so it is as large as the disk.',
    dynamic:
      'It is a virtual hard disk of {size}. Its type is dynamic: the file holds only what was written so far and grows as needed; it takes {file} now.',
    differencing:
      'It is the child of another virtual hard disk. It holds only what was changed since, and is of no use without its parent.',
    unknown: 'It is a virtual hard disk, but its type cannot be read.',
  },
  made: 'It was made by {creator} on {date}.',
  parent: {
    proven: 'Its parent, {name}, is where it should be.',
    missing: 'Its parent, {name}, was not found.',
    mismatch: 'A file is where its parent, {name}, should be, but it is not that image.',
    raw: 'Its parent is a raw disk, which nothing can prove.',
  },
  sound: {
    clean: 'It is sound: every checksum fits and nothing is out of place.',
    warnings: 'It can be used, with care: some program may refuse it or see it wrongly.',
    errors: 'It is damaged. What was found:',
  },
  container:
    'This is about the container, the disk around your data. The files inside are the business of the system that uses the disk.',
  insideNone:
    'No partition table was found inside: the disk may never have been used, or holds a file system directly.',
  inside: 'Inside: {list}.',
  next: {
    repair: 'Repair it',
    repairHint: 'See what would change, byte by byte; every repair can be undone.',
    look: 'See everything about it',
    lookHint: 'All facts, the map of its blocks, every field.',
    attach: 'Use it on this computer',
    attachHint: 'The command that attaches it, read-only first.',
    convert: 'Turn it into another kind',
    convertHint: 'Fixed, dynamic or a raw disk; the original stays.',
    azure: 'Take it to Azure',
    azureHint: 'A copy in the form that Azure asks for.',
    findParent: 'Look at its chain',
    findParentHint: 'Where the parent should be, and how to find it again.',
    other: 'Look at another file',
    otherHint: 'Start again.',
    recommended: 'do this first',
  },
};
