import path from 'node:path';
import type { Rule } from '../rule';

export const nameDoesNotFit: Rule = {
  code: 'name-does-not-fit',
  severity: 'note',
  severities: ['note', 'warning'],
  area: 'file',
  level: 'quick',
  title: 'The name of the file does not fit what it is',
  explanation:
    'Hyper-V names checkpoints .avhd and Virtual PC undo disks .vud: both are differencing disks. Under another name such a file is easily taken for a whole disk, and its content then looks old or damaged; and programs that go by the name do not see a VHD in a file named otherwise.',
  hint: 'Give the file the name that fits, and correct the links of its children.',
  source: 'Microsoft: Hyper-V checkpoints; libvhdi documentation',
  repair: 'none',
  run: ({ file, metadata: { type, header } }) => {
    const name = path.basename(file.path);
    const extension = path.extname(name).toLowerCase();
    if ((extension === '.avhd' || extension === '.vud') && type !== null && type !== 'differencing')
      return {
        where: null,
        severity: 'warning',
        detail: `"${name}" is named like a differencing disk, but it is ${type}.`,
      };
    const parentName = header?.fields.parentUnicodeName.toLowerCase() ?? '';
    if (extension === '.vhd' && type === 'differencing' && parentName.endsWith('.avhd'))
      return {
        where: null,
        severity: 'warning',
        detail: `"${name}" stands on a checkpoint (${path.win32.basename(parentName)}), so it was a checkpoint itself and was renamed.`,
      };
    return extension !== '' && !KNOWN.includes(extension) && !/^\.v\d\d$/.test(extension)
      ? { where: null, detail: `"${name}" is a VHD by its content.` }
      : null;
  },
};

const KNOWN = ['.vhd', '.avhd', '.vud'];
