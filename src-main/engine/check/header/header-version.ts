import { FORMAT_VERSION_1_0 } from '../../../../src-shared/vhd/constants';
import { formatCreatorVersion } from '../../../../src-shared/vhd/names';
import { headerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const headerVersion: Rule = {
  code: 'header-version',
  severity: 'error',
  area: 'header',
  level: 'quick',
  title: 'The version of the dynamic disk header is not 1.0',
  explanation: 'Only version 1.0 exists. Windows, Xen, libvhdi and Xen Orchestra refuse any other.',
  hint: 'If everything else fits version 1.0, set the version to that.',
  source: 'spec: Dynamic Disk Header Format, Header Version',
  repair: 'choice',
  run: ({ metadata: { header } }) =>
    header && header.fields.headerVersion !== FORMAT_VERSION_1_0
      ? headerFieldDraft(header, 'headerVersion', {
          found: formatCreatorVersion(header.fields.headerVersion),
          expected: '1.0',
          detail: `The header says version ${formatCreatorVersion(header.fields.headerVersion)}.`,
        })
      : null,
};
