import { footerFieldDraft } from '../build-finding';
import type { Rule } from '../rule';

export const savedState: Rule = {
  code: 'saved-state',
  severity: 'note',
  severities: ['note', 'warning'],
  area: 'footer',
  level: 'quick',
  title: 'The disk belongs to a machine in saved state',
  explanation:
    'A suspended machine relies on the disk as it is. Such a disk must not be compacted, resized or merged until the machine was shut down.',
  hint: 'Start the machine and shut it down; or clear the flag if the machine is gone.',
  source: 'spec: Hard Disk Footer Format, Saved State',
  repair: 'choice',
  run: ({ metadata: { active } }) => {
    if (!active || active.fields.savedState === 0) return null;
    const value = active.fields.savedState;
    return footerFieldDraft(active, 'savedState', {
      severity: value === 1 ? 'note' : 'warning',
      found: String(value),
      expected: '0 or 1',
      detail:
        value === 1
          ? 'The saved state flag is set.'
          : `The saved state flag is ${value}; only 0 and 1 mean anything.`,
    });
  },
};
