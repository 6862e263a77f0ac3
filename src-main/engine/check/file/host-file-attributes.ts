import type { HostAttributes } from '../../io';
import type { Rule } from '../rule';

/** What Windows refuses, in the order of its message, by the names it has in the properties of a file. */
const REFUSED: readonly (readonly [attribute: keyof HostAttributes, word: string])[] = [
  ['sparse', 'sparse'],
  ['compressed', 'compressed'],
  ['encrypted', 'encrypted'],
];

export const hostFileAttributes: Rule = {
  code: 'host-file-attributes',
  severity: 'warning',
  severities: ['warning', 'note'],
  area: 'file',
  level: 'quick',
  title: 'Windows keeps the file sparse, compressed or encrypted',
  explanation:
    'The bytes of the image are all right, but the file carries an attribute of NTFS with which Hyper-V and Windows do not attach it: error 0xC03A001A, "must be uncompressed and unencrypted and must not be sparse". Programs of other systems make sparse files as a matter of course, and a copy can keep the attribute.',
  hint: 'Clear the attribute in the properties of the file (or with "compact /u" and "cipher /d"); a sparse file is copied into one that is not, best by converting it with all of its room allocated.',
  source: 'Windows: winerror.h, 0xC03A001A; file attributes of GetFileAttributesW',
  repair: 'none',
  run: async (context) => {
    const attributes = await context.hostAttributes();
    if (!attributes) return null;
    const names = REFUSED.filter(([attribute]) => attributes[attribute]).map(([, word]) => word);
    if (names.length > 0)
      return {
        where: null,
        detail: `The file is ${names.join(' and ')}.`,
        evidence: [{ field: 'file attributes', found: names.join(', '), expected: 'none of these' }],
      };
    return attributes.integrity
      ? {
          where: null,
          severity: 'note',
          title: 'ReFS keeps checksums of the file',
          detail:
            'The file has an integrity stream: each write is made elsewhere on the volume, which is slow under a running disk.',
          hint: 'Turn it off with "Set-FileIntegrity" where the disk is in use.',
          evidence: [{ field: 'file attributes', found: 'integrity stream' }],
        }
      : null;
  },
};
