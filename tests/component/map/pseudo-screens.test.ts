import { afterEach, describe, expect, test } from 'vitest';
import { nextTick, type Component } from 'vue';
import { setLocale } from '../../../src-renderer/i18n';
import ChainView from '../../../src-renderer/views/chain/ChainView.vue';
import ChainsView from '../../../src-renderer/views/chain/ChainsView.vue';
import CompareView from '../../../src-renderer/views/compare/CompareView.vue';
import InspectView from '../../../src-renderer/views/inspect/InspectView.vue';
import MapView from '../../../src-renderer/views/map/MapView.vue';
import SweepView from '../../../src-renderer/views/sweep/SweepView.vue';
import type { MapView as MapFacts } from '../../../src-shared/model';
import { imageInfo } from '../ui/support/images';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

afterEach(() => setLocale('en'));

const MAP: MapFacts = {
  blockSizeBytes: 2 ** 21,
  sectorBitmapBytes: 512,
  virtualSizeBytes: 4 * 2 ** 21,
  fileSizeBytes: 4096,
  blockCount: 4,
  states: Uint8Array.of(0, 1, 2, 5),
  sectors: new Uint8Array(16).fill(255),
  owners: new Uint8Array(0),
  ownerNames: [],
  areas: [],
  counts: { unallocated: 1, allocated: 1, partial: 1, overlap: 1 },
  depth: 'bitmaps',
};

/** A main whose own words are digits, so that every letter on screen is the page's. */
const wordless = () =>
  loopback({
    'image.info': () => imageInfo(false),
    'image.map': () => MAP,
    'image.inspect': () => ({
      path: '',
      structures: [
        { structure: 'footer', offset: 2048, length: 512, present: true, fields: [] },
        { structure: 'batmap', offset: 0, length: 0, present: false, fields: [] },
      ],
    }),
    'image.bytes': ({ offset }) => ({ offset, bytes: new Uint8Array(0), fileSizeBytes: 4096 }),
    'image.owners': () => ({ spans: [] }),
    'image.chain': () => ({
      images: [
        {
          path: '/1', uniqueId: null, type: 'dynamic', parentId: null, parentPath: null, depth: 0, problems: [],
          virtualSizeBytes: 512, fileSizeBytes: 512, edge: null,
        },
      ],
      files: [null],
    }), // prettier-ignore
  });

/** Figures, units and offsets need no translation. */
const NOT_WORDS =
  /^(?:[\d\s.,:·×+−…–?-]*|[\d.,]+ (?:bytes?|[KMGT]iB)|0x[\dA-F]+(?: · \d+)?|conectix|0x200 or 512)$/i;

function untranslated(root: Element): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    found.push(node.textContent?.trim() ?? '');
  for (const element of root.querySelectorAll('[aria-label], [placeholder], [title]')) {
    for (const name of ['aria-label', 'placeholder', 'title']) found.push(element.getAttribute(name) ?? '');
  }
  return found.filter((text) => !text.includes('⟦') && !NOT_WORDS.test(text));
}

const SCREENS: readonly [name: string, component: Component, props: Record<string, string>][] = [
  ['map', MapView, { fileId: 'file-1' }],
  ['inspect', InspectView, { fileId: 'file-1' }],
  ['chain', ChainView, { fileId: 'file-1' }],
  ['chains', ChainsView, {}],
  ['compare', CompareView, {}],
  ['sweep', SweepView, {}],
];

describe('in the pseudo-locale', () => {
  test.each(SCREENS)('%s shows no text of its own', async (_name, component, props) => {
    // Where the details and the status line would stand in the window's frame.
    const frame = document.createElement('div');
    frame.innerHTML = '<div id="platter-context"></div><div id="platter-status"></div>';
    document.body.append(frame);
    const screen = await mount(component, props, wordless());
    setLocale('pseudo');
    await nextTick();
    await expect.poll(() => screen.container.textContent).toContain('⟦');
    await nextTick();
    expect([...untranslated(screen.container), ...untranslated(frame)]).toEqual([]);
    await screen.unmount();
    frame.remove();
  });
});
