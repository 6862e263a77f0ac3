import { afterEach, describe, expect, test } from 'vitest';
import { ref } from 'vue';
import { setClient } from '../../../src-renderer/api';
import { useFind } from '../../../src-renderer/components/hex/use-find';
import { loopback } from '../ui/support/loopback';

const FILE_BYTES = 100;
const STRETCH_BYTES = 30;

/** A main whose file of 100 bytes has matches at these offsets, and is searched 30 bytes a call. */
const fileWith = (...matches: number[]) =>
  loopback({
    'image.find': ({ fromOffset, backwards }) => {
      const from = Math.min(fromOffset, FILE_BYTES);
      const end = backwards ? Math.max(0, from - STRETCH_BYTES) : Math.min(FILE_BYTES, from + STRETCH_BYTES);
      const inside = matches.filter((at) => (backwards ? at >= end && at < from : at >= from && at < end));
      const foundOffset = (backwards ? inside.at(-1) : inside[0]) ?? null;
      return { foundOffset, nextOffset: end, done: end === (backwards ? 0 : FILE_BYTES) };
    },
  });

describe('Find', () => {
  afterEach(() => setClient(null));

  test.each([
    ['onward', [80], 50, false, 80],
    ['onward, round the end', [10], 50, false, 10],
    ['backwards', [10, 80], 50, true, 10],
    ['backwards, round the start', [80], 50, true, 80],
  ] as const)('finds %s', async (_, matches, from, backwards, expected) => {
    setClient(fileWith(...matches));
    const { find, notFound } = useFind(ref('file'));
    expect(await find('00', from, backwards)).toBe(expected);
    expect(notFound.value).toBe(false);
  });

  test.each([
    [0, false],
    [50, false],
    [100, false],
    [0, true],
    [50, true],
    [100, true],
  ])(
    'says that there is none after looking everywhere once: from %i, backwards %s',
    async (from, backwards) => {
      const client = fileWith();
      setClient(client);
      const { find, notFound } = useFind(ref('file'));
      expect(await find('00', from, backwards)).toBeNull();
      expect(notFound.value).toBe(true);
      expect(client.calls.length).toBeLessThanOrEqual(FILE_BYTES / STRETCH_BYTES + 3);
    },
  );
});
