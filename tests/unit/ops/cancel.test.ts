import { beforeEach, describe, expect, it } from 'vitest';
import {
  convertImage,
  convertToStream,
  createImage,
  hashImage,
  type OperationContext,
} from '../../../src-main/engine';
import { exists } from '../../../src-main/engine/repair/journal-store';
import { readGuest } from '../../../src-main/engine/ops/read';
import type { VirtualDisk } from '../../../src-main/engine/disk/virtual-disk';
import { useTestFolder } from '../../support/temp';

const GIB = 1024 ** 3;
const at = useTestFolder('cancel');

/** Cancelled by a timer, as by a signal: nothing happens unless the event loop turns. */
function cancelledSoon(): OperationContext {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 10);
  return { signal: controller.signal };
}

const endless: VirtualDisk = {
  sizeBytes: 2040 * GIB,
  blockSizeBytes: null,
  readAt: () => Promise.resolve(),
  async *extents(offset, length) {
    yield await Promise.resolve({ offset, length, state: 'unallocated' as const, depth: 0 });
  },
  close: () => Promise.resolve(),
};

describe('a disk of which nothing is stored can be cancelled at any time', () => {
  beforeEach(async () => {
    await createImage({ path: at('big.vhd'), type: 'dynamic', sizeBytes: 2040 * GIB });
  });

  it('while it is hashed', async () => {
    await expect(hashImage({ source: { path: at('big.vhd') } }, cancelledSoon())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('while its zeros go to a stream that takes them at once', async () => {
    await expect(
      convertToStream({ path: at('big.vhd') }, () => Promise.resolve(), cancelledSoon()),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('while its zeros are read', async () => {
    let bytes = 0;
    const reading = async (): Promise<void> => {
      for await (const piece of readGuest(endless, {}, cancelledSoon())) bytes += piece.length;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'cancelled' });
    expect(bytes).toBeLessThan(endless.sizeBytes);
  });

  it('while its zeros are written to a file, of which nothing is left', async () => {
    await createImage({ path: at('small.vhd'), type: 'dynamic', sizeBytes: 4 * GIB });
    const source = { path: at('small.vhd') };
    const full = { source, target: at('full.vhd'), to: 'fixed', allocate: 'full' } as const;
    await expect(convertImage(full, cancelledSoon())).rejects.toMatchObject({ code: 'cancelled' });
    expect(await exists(at('full.vhd'))).toBe(false);
  });
});
