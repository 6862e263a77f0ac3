import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src-shared/errors';
import { withTempFolder } from '../../support/temp';
import { countCalls, errorOf, expectNothingLost, failAt, READING, sample, WRITING } from './failing-calls';
import { shownBy } from '../../support/shown-by';
import { SCENARIOS } from './verb-scenarios';

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ['writes', WRITING],
  ['reads', READING],
] as const)('a disk of which one of the %s fails', (_what, names) => {
  it.each(SCENARIOS.filter(({ makesFile }) => makesFile !== true))(
    'leaves the images of "$name" whole, or the verb does without it',
    async (scenario) => {
      const calls = await countCalls(scenario, names);
      expect(calls).toBeGreaterThan(2);
      let failures = 0;
      for (const number of sample(calls)) {
        await withTempFolder(async (folder) => {
          const at = (name: string): string => path.join(folder, name);
          const outcome = await expectNothingLost(folder, scenario, async () => {
            failAt(number, names, 'EIO');
            const error = await errorOf(scenario.run(at));
            vi.restoreAllMocks();
            return error ? { error, note: `call ${number} of ${calls}` } : null;
          });
          const { shows } = scenario;
          if (!outcome) {
            if (shows)
              expect((await shownBy(at(shows.name))).equals(shows.after), `call ${number}`).toBe(true);
            return;
          }
          failures += 1;
          expect(outcome.error, outcome.note).toBeInstanceOf(AppError);
        });
      }
      expect(failures).toBeGreaterThan(0);
    },
  );
});
