import { printablePath } from '../printable';
import type { Rule } from '../rule';

export const locatorStale: Rule = {
  code: 'locator-stale',
  severity: 'note',
  area: 'chain',
  level: 'chain',
  title: 'A parent locator no longer leads to the parent',
  explanation:
    'The parent was found by other means. Programs that use this locator only will not find it, or find another file.',
  hint: 'Relink the image to its parent: that writes all locators anew.',
  source: 'blktap: vhd-util check, MacX target must exist',
  repair: 'none',
  run: async (context) => {
    const { resolution } = await context.chain();
    if (resolution?.identity !== 'proven') return null;
    const stale = resolution.trials.filter(({ resolves }) => !resolves);
    const [first] = stale;
    return first
      ? {
          where: { structure: 'chain', offset: 0, length: 0, index: 0 },
          count: stale.length,
          detail: `The ${first.platform} locator names "${printablePath(first.path)}": ${first.reason}.`,
          evidence: stale.map(({ platform, path }) => ({ field: platform, found: printablePath(path) })),
        }
      : null;
  },
};
