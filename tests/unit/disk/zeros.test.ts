import { describe, expect, it } from 'vitest';
import { isAllZero } from '../../../src-main/engine';

const GRAIN = 64 * 1024;
const LENGTHS = [1, 511, 512, GRAIN - 1, GRAIN, GRAIN + 1, 3 * GRAIN, 1024 * 1024 + 7];

describe('bytes that are all zero', () => {
  it.each(LENGTHS)('are told of any length, and one other byte at any edge is seen (%i bytes)', (length) => {
    // cut from the middle of other bytes, which must not count
    const around = new Uint8Array(length + 2).fill(0xff);
    const bytes = around.subarray(1, length + 1).fill(0);
    expect(isAllZero(bytes)).toBe(true);
    const edges = [0, 1, GRAIN - 1, GRAIN, GRAIN + 1, length - 2, length - 1];
    for (const at of edges.filter((edge) => edge >= 0 && edge < length)) {
      bytes[at] = 1;
      expect(isAllZero(bytes), `byte ${at}`).toBe(false);
      bytes[at] = 0;
    }
  });

  it('are none at all, too', () => {
    expect(isAllZero(new Uint8Array(0))).toBe(true);
  });
});
