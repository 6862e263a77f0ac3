import path from 'node:path';
import type { Rule } from '../rule';

export const mergeInProgress: Rule = {
  code: 'merge-in-progress',
  severity: 'warning',
  area: 'file',
  level: 'quick',
  title: 'Xen Orchestra is merging this image, or was interrupted',
  explanation:
    'A state file of a merge lies beside the image. Until the merge is finished, blocks of the child are already in it while its metadata is still the old.',
  hint: 'Let Xen Orchestra resume the merge before anything else is done to the image.',
  source: 'vhd-lib: merge state file',
  repair: 'none',
  run: async ({ file, siblingExists }) => {
    const name = `.${path.basename(file.path)}.merge.json`;
    return (await siblingExists(name))
      ? {
          where: null,
          detail: `"${name}" lies beside the image.`,
          likelyCause: 'A merge is in progress, or was interrupted.',
        }
      : null;
  },
};
