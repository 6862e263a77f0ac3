import { FORMAT_VERSION_1_0 } from '../../../../src-shared/vhd/constants';
import { formatCreatorVersion } from '../../../../src-shared/vhd/names';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const fileFormatVersion: Rule = {
  code: 'file-format-version',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The file format version is not 1.0',
  explanation:
    'There is only one version of the format. Another number means that the footer is damaged, or that nobody knows what the rest of the file means.',
  hint: 'If everything else fits version 1.0, set the version to that.',
  source: 'spec: Hard Disk Footer Format, File Format Version',
  repair: 'choice',
  run: ({ metadata: { active } }) =>
    active && active.fields.fileFormatVersion !== FORMAT_VERSION_1_0
      ? footerFieldDraft(active, 'fileFormatVersion', {
          found: formatCreatorVersion(active.fields.fileFormatVersion),
          expected: '1.0',
          detail: `The footer says version ${formatCreatorVersion(active.fields.fileFormatVersion)}.`,
        })
      : null,
};
