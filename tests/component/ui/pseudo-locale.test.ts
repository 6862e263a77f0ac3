import { afterEach, describe, expect, test } from 'vitest';
import { nextTick, type Component } from 'vue';
import { setLocale } from '../../../src-renderer/i18n';
import CalculatorsView from '../../../src-renderer/views/calculators/CalculatorsView.vue';
import CheckView from '../../../src-renderer/views/check/CheckView.vue';
import CreateView from '../../../src-renderer/views/create/CreateView.vue';
import GuideView from '../../../src-renderer/views/guide/GuideView.vue';
import HistoryView from '../../../src-renderer/views/history/HistoryView.vue';
import HomeView from '../../../src-renderer/views/home/HomeView.vue';
import JobsView from '../../../src-renderer/views/jobs/JobsView.vue';
import SettingsView from '../../../src-renderer/views/settings/SettingsView.vue';
import { checkReport, imageInfo, repairPlan } from './support/images';
import { loopback } from './support/loopback';
import { mount } from './support/mount';

/** What may stand on screen without vue-i18n: figures and units, keys, and words that main or src-shared chose. */
const NOT_OURS: readonly RegExp[] = [
  /^[\d\s.,:×/+−%()…·#*=<>?-]*$/,
  /^[\d.,<]+ (bytes?|[KMGTP]i?B|kB|sectors?)$/,
  /^0x[\dA-Fa-f]+$/,
  /^(Ctrl|Alt|Shift|Esc|PageUp|PageDown)$/,
];

afterEach(() => setLocale('en'));

/** Text nodes and names that did not come through vue-i18n. */
function untranslated(root: Element): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent?.closest('code, [data-selectable], table, script, style')) continue;
    found.push(node.textContent?.trim() ?? '');
  }
  for (const element of root.querySelectorAll('[aria-label], [placeholder]')) {
    found.push(element.getAttribute('aria-label') ?? '', element.getAttribute('placeholder') ?? '');
  }
  return found.filter(
    (text) => text !== '' && !text.includes('⟦') && !NOT_OURS.some((pattern) => pattern.test(text)),
  );
}

const SCREENS: readonly [name: string, component: Component, props: Record<string, string>][] = [
  ['home', HomeView, {}],
  ['create', CreateView, {}],
  ['create, at the size', CreateView, { sizeBytes: '41943040' }],
  ['calculators, sizes', CalculatorsView, { tab: 'size' }],
  ['calculators, layout', CalculatorsView, { tab: 'layout' }],
  ['calculators, id', CalculatorsView, { tab: 'checksum' }],
  ['history', HistoryView, {}],
  ['jobs', JobsView, {}],
  ['settings', SettingsView, {}],
  ['guide', GuideView, {}],
  ['check of a sound image', CheckView, { fileId: 'file-1' }],
];

describe('in the pseudo-locale', () => {
  test.each(SCREENS)('%s shows no text of its own', async (_name, component, props) => {
    const client = loopback({
      'image.info': () => imageInfo(false),
      'image.check': () => checkReport(false),
      'repair.plan': () => repairPlan(false),
    });
    const screen = await mount(component, props, client);
    setLocale('pseudo');
    await nextTick();
    await expect.poll(() => screen.container.textContent).toContain('⟦');
    expect(untranslated(screen.container)).toEqual([]);
  });

  test('the search itself finds text that is not translated', () => {
    const root = document.createElement('div');
    root.innerHTML = '<p>Hello</p><p>⟦ok⟧</p><button aria-label="Close"></button><p>40 MiB</p>';
    expect(untranslated(root)).toEqual(['Hello', 'Close']);
  });
});
