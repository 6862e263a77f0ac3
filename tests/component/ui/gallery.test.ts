import axe from 'axe-core';
import { describe, expect, test } from 'vitest';
import GalleryView from '../../../src-renderer/views/gallery/GalleryView.vue';
import { usePreferences } from '../../../src-renderer/stores/preferences';
import { mount } from './support/mount';

describe('every control of the design system', () => {
  test.each(['light', 'dark'] as const)('passes axe in the %s theme', async (theme) => {
    const screen = await mount(GalleryView);
    usePreferences().theme = theme;
    await expect.poll(() => document.documentElement.dataset['theme']).toBe(theme);
    const result = await axe.run(screen.container, {
      // The page's own frame (landmarks) is not mounted here.
      rules: { region: { enabled: false } },
    });
    const told = result.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
    );
    expect(told).toEqual([]);
  });
});
