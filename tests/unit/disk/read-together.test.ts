import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readTogether } from '../../../src-main/engine/disk/gather';

describe('reads that run side by side', () => {
  it('are all done, and no more than a few at a time', async () => {
    let underWay = 0;
    let most = 0;
    const done: number[] = [];
    await readTogether(
      Array.from({ length: 40 }, (_, at) => async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await wait(1);
        underWay -= 1;
        done.push(at);
      }),
    );
    expect(done.sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('end with the first failure only when none writes to the target any more', async () => {
    const target = new Uint8Array(2);
    let begun = 0;
    const reads = [
      async () => {
        begun += 1;
        await wait(1);
        throw new Error('first');
      },
      async () => {
        begun += 1;
        await wait(20);
        target[1] = 7;
      },
      ...Array.from({ length: 30 }, () => async () => {
        begun += 1;
        await wait(10);
      }),
    ];
    await expect(readTogether(reads)).rejects.toThrow('first');
    expect(target[1]).toBe(7);
    expect(begun).toBe(8);
  });

  it('are nothing where there are none', async () => {
    await expect(readTogether([])).resolves.toBeUndefined();
  });
});
