import path from 'node:path';
import { describeMissing, missingPieceOf } from '../../chain';
import { pathsOfFile } from '../../io';
import type { Rule } from '../rule';

export const splitImage: Rule = {
  code: 'split-image',
  severity: 'note',
  area: 'file',
  level: 'quick',
  title: 'The image is split into several files',
  explanation:
    'Virtual PC before 2007 split images larger than 4 GB into .vhd, .v01, .v02 and so on. Only the last piece ends with a footer, and hardly any program of today can read such a set.',
  hint: 'Give the first piece; convert the image into a new one in a single file.',
  source: 'spec: Splitting Hard Disk Images',
  repair: 'none',
  run: async ({ file, metadata, siblingExists }) => {
    const name = path.basename(file.path);
    const extension = path.extname(name).toLowerCase();
    if (/^\.v\d\d$/.test(extension))
      return {
        where: null,
        severity: 'note',
        detail: `"${name}" is one piece of a split image, named after its place in it.`,
      };
    const missing = metadata.footer?.position === 'end' ? null : await missingPieceOf(file.path);
    if (missing !== null)
      return {
        where: null,
        severity: 'error',
        detail: `The piece "${path.basename(missing)}" ${await describeMissing(missing)}; what lies behind it cannot be read.`,
      };
    const pieces = pathsOfFile(file);
    const last = path.basename(pieces.at(-1) ?? '');
    if (pieces.length > 1)
      return { where: null, detail: `It lies in ${pieces.length} files, "${name}" to "${last}".` };
    const next = `${name.slice(0, name.length - extension.length)}.v01`;
    return extension === '.vhd' && (await siblingExists(next))
      ? { where: null, detail: `"${next}" lies beside the image, which ends with a footer of its own.` }
      : null;
  },
};
