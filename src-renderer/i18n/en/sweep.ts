/** Every image of a folder in one table. */
export const sweep = {
  title: 'Look through a folder',
  lead: 'Every image in it, with its health and what it depends on. Nothing is changed.',
  chooseFolder: 'Choose a folder…',
  recursive: 'Sub-folders too',
  start: 'Look again',
  stop: 'Stop',
  running: 'Looked at {seen}, found {count} image… | Looked at {seen}, found {count} images…',
  done: '{count} image in {folder} | {count} images in {folder}',
  empty: 'Choose a folder to look through.',
  nothing: 'No image was found in this folder.',
  filter: 'Filter',
  filterPlaceholder: 'Name, type, parent or reader',
  only: { label: 'Show', all: 'All', problems: 'With problems' },
  export: 'Export',
  exportCsv: 'Table (CSV)',
  exportJson: 'Table (JSON)',
  tableLabel: 'Images of the folder',
  columns: {
    name: 'Name',
    type: 'Type',
    virtual: 'Virtual size',
    file: 'File size',
    health: 'Health',
    parent: 'Parent',
    readers: 'Refused or misread by',
  },
  duplicates:
    '{count} image shares its unique id with another. | {count} images share their unique id with another.',
  duplicatesWhy:
    'A child of one of them could be given the other for its parent. Give the copy an id of its own: Inspect, footer, Unique id.',
  duplicate: 'Same unique id as {list}',
  andMore: '{list} and {count} more',
  moreIds:
    'One more id is shared; the table marks its images. | {count} more ids are shared; the table marks their images.',
  skipped:
    'A folder could not be read and was left out. | {count} folders could not be read and were left out.',
  moreFolders: 'and one more | and {count} more',
  formats: { empty: 'Empty file', unknown: 'Not known', raw: 'Raw', vhd: 'VHD', vhdx: 'VHDX' },
  sameId: 'Same id',
  unreadable: 'Not readable',
};
