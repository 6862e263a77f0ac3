import { describe, expect, it } from 'vitest';
import { RULE_CATALOGUE } from '../../../src-main/engine/check/catalogue';
import { hasMessage } from '../../../src-renderer/i18n';
import { namesCommand, screenWords } from '../../../src-renderer/i18n/screen-words';
import { ERROR_CODES } from '../../../src-shared/errors';

describe('advice that main words for the command line', () => {
  it('names the screen where it named a verb', () => {
    expect(screenWords('Roll it back with "platter undo FILE", or with "platter undo FILE --finish".')).toBe(
      'Roll it back with Undo in History, or with Finish above the image.',
    );
    expect(screenWords('Give it one first with "platter edit FILE --set uniqueId=random".')).toBe(
      'Give it one first with Edit under Inspect.',
    );
  });

  it('loses the options that a screen asks for by itself', () => {
    expect(screenWords('Resize the parent first (with --break-children), then merge.')).toBe(
      'Resize the parent first, then merge.',
    );
  });

  it('stays as it is where nothing of the kind is said, or no screen does it', () => {
    expect(screenWords('Close the "platter" window (twice) -- then try.')).toBe(
      'Close the "platter" window (twice) -- then try.',
    );
    expect(namesCommand(screenWords('Start "platter serve" with --root.'))).toBe(true);
  });

  // What a screen cannot cause: a missing option, standard output, the folders of a server.
  const NOT_ON_SCREEN = ['usage', 'json-with-stdout', 'outside-roots'];

  it.each(Object.entries(ERROR_CODES).filter(([code]) => !NOT_ON_SCREEN.includes(code)))(
    'error %s has words without a command',
    (code, { hint }) => {
      expect(hasMessage(`errors.hints.${code}`) || !namesCommand(screenWords(hint))).toBe(true);
    },
  );

  it.each(RULE_CATALOGUE.map(({ code, hint }) => [code, hint]))(
    'finding %s has words without a command',
    (_code, hint) => {
      expect(namesCommand(screenWords(hint ?? ''))).toBe(false);
    },
  );
});
