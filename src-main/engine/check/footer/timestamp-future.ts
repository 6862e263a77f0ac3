import { formatTimestamp } from '../../../../src-shared/vhd/timestamp';
import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

/** blktap's tolerance between clocks: 30 minutes. */
const TOLERANCE_SECONDS = 1800;
/** 1970 to 2000: what a timestamp is off by where the epoch was forgotten. */
const EPOCH_SECONDS = 946_684_800;

export const timestampFuture: Rule = {
  code: 'timestamp-future',
  severity: 'note',
  area: 'footer',
  level: 'quick',
  title: 'The image claims to be made in the future',
  explanation: 'Only Xen looks at the creation time: its check refuses an image from the future.',
  hint: 'Set the creation time right if Xen is to take the image.',
  source: 'blktap: libvhd.c, vhd_validate_footer; spec: Time Stamp',
  repair: 'choice',
  run: ({ metadata: { active }, nowSeconds }) => {
    if (!active || active.fields.timestampSeconds <= nowSeconds + TOLERANCE_SECONDS) return null;
    const seconds = active.fields.timestampSeconds;
    const withoutEpoch = seconds - EPOCH_SECONDS;
    return footerFieldDraft(active, 'timestamp', {
      found: formatTimestamp(seconds),
      detail: `The creation time is ${formatTimestamp(seconds)}.`,
      likelyCause:
        withoutEpoch > 0 && withoutEpoch <= nowSeconds + TOLERANCE_SECONDS
          ? `The program counted from 1970 instead of 2000: it meant ${formatTimestamp(withoutEpoch)}.`
          : null,
    });
  },
};
