import { formatCount } from '../../../../src-shared/vhd/format-size';
import { headerFieldDraft } from '../build-finding';
import type { FindingDraft, Rule } from '../rule';

export const headerReservedBytes: Rule = {
  code: 'header-reserved-bytes',
  severity: 'warning',
  area: 'header',
  level: 'quick',
  title: 'Reserved bytes of the dynamic disk header are not zero',
  explanation: 'These bytes must be zero; Xen refuses the image otherwise.',
  hint: 'Clear the bytes and recompute the checksum.',
  source: 'spec: Dynamic Disk Header Format, Reserved',
  repair: 'choice',
  run: ({ metadata: { header } }) => {
    if (!header) return null;
    const areas = [
      { field: 'reserved1', bytes: header.bytes.subarray(60, 64) },
      { field: 'reserved2', bytes: header.bytes.subarray(768) },
    ];
    return areas.flatMap(({ field, bytes }): FindingDraft[] => {
      const count = bytes.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
      if (count === 0) return [];
      return [
        headerFieldDraft(header, field, {
          expected: 'zeros',
          detail: `${formatCount(count)} of ${bytes.length} reserved bytes ${count === 1 ? 'is' : 'are'} not zero.`,
        }),
      ];
    });
  },
};
