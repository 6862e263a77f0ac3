import { describe, expect, test } from 'vitest';
import { useNavigation } from '../../../src-renderer/stores/navigation';
import MergeView from '../../../src-renderer/views/merge/MergeView.vue';
import { imageInfo } from '../ui/support/images';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

describe('the Merge wizard', () => {
  test('leads to the chain where the parent is missing, as there is nothing to merge with', async () => {
    const parent = {
      uniqueId: '89753391-35e8-4808-b8df-daa67449a21c',
      name: 'lost.vhd',
      timestamp: null,
      locators: [],
      resolvedPath: null,
      identity: 'missing' as const,
    };
    const client = loopback({ 'image.info': () => ({ ...imageInfo(false), type: 'differencing', parent }) });
    const screen = await mount(MergeView, { fileId: 'file-1' }, client);
    await expect
      .element(screen.getByRole('button', { name: 'Continue' }))
      .toHaveAttribute('aria-disabled', 'true');
    await screen.getByRole('button', { name: 'Look at its chain' }).click();
    expect(useNavigation().current).toMatchObject({
      view: 'disk',
      params: { fileId: 'file-1', section: 'chain' },
    });
  });
});
