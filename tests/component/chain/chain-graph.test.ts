import { describe, expect, test } from 'vitest';
import ChainGraph from '../../../src-renderer/components/chain/ChainGraph.vue';
import type { ChainView } from '../../../src-shared/ipc';
import type { ChainImage, ChainProblemCode, ParentIdentity } from '../../../src-shared/model';
import { loopback } from '../ui/support/loopback';
import { mount } from '../ui/support/mount';

const MESSAGES: Readonly<Partial<Record<ChainProblemCode, string>>> = {
  'parent-missing': 'No image with its id was found.',
  'parent-mismatch': 'The file there has another id.',
  'duplicate-id': 'Another image has the same unique id.',
  'chain-loop': 'The image is its own ancestor.',
};

function image(
  name: string,
  parent: string | null,
  identity: ParentIdentity | null = null,
  problem?: ChainProblemCode,
): ChainImage {
  return {
    path: `/images/${name}`,
    uniqueId: 'dcbfde83-e5cc-4c0e-89c5-a8de26232432',
    type: identity ? 'differencing' : 'dynamic',
    parentId: null,
    parentPath: parent && `/images/${parent}`,
    depth: identity ? null : 0,
    problems: problem ? [{ code: problem, severity: 'error', message: MESSAGES[problem] ?? '' }] : [],
    virtualSizeBytes: 2 ** 30,
    fileSizeBytes: 2 ** 20,
    edge: identity && {
      identity,
      idMatches: identity === 'missing' ? null : identity === 'proven',
      timeMatches: identity === 'proven' ? false : null,
      sizeMatches: identity === 'missing' ? null : true,
      foundBy: null,
      locators: [],
    },
  };
}

const viewOf = (images: readonly ChainImage[]): ChainView => ({
  images,
  files: images.map(({ path }, index) => ({
    id: `file-${index}`,
    name: path.split('/').at(-1) ?? '',
    displayPath: path,
  })),
});

const show = (images: readonly ChainImage[]) => mount(ChainGraph, { view: viewOf(images) }, loopback());

describe('the graph of a chain', () => {
  test('draws children beneath their parent with the evidence of each edge', async () => {
    const screen = await show([image('child.vhd', 'base.vhd', 'proven'), image('base.vhd', null)]);
    const root = screen.getByRole('list', { name: /Images from the base/ });
    const base = root.element().querySelector(':scope > li')!;
    expect(base.textContent).toContain('base.vhd');
    expect(base.querySelector('ol')?.textContent).toContain('child.vhd');
    await expect.element(screen.getByText('Parent proven')).toBeVisible();
    await expect.element(screen.getByText('Unique id matches')).toBeVisible();
    await expect.element(screen.getByText('Timestamp differs')).toBeVisible();
  });

  test.each([
    ['missing', 'parent-missing', 'Parent missing'],
    ['mismatch', 'parent-mismatch', 'Not its parent'],
  ] as const)(
    'shows a parent that is %s on the edge, and offers to relink',
    async (identity, code, words) => {
      const screen = await show([image('orphan.vhd', null, identity, code)]);
      await expect.element(screen.getByText(words, { exact: false }).first()).toBeVisible();
      await expect.element(screen.getByText(MESSAGES[code] ?? '')).toBeVisible();
      await expect.element(screen.getByRole('button', { name: 'Relink…' })).toBeVisible();
    },
  );

  test('shows duplicates side by side', async () => {
    const screen = await show([
      image('a.vhd', null, null, 'duplicate-id'),
      image('b.vhd', null, null, 'duplicate-id'),
    ]);
    expect(screen.getByText('Another image has the same unique id.').elements()).toHaveLength(2);
  });

  test('draws every image of a loop once', async () => {
    const screen = await show([
      image('one.vhd', 'two.vhd', 'proven', 'chain-loop'),
      image('two.vhd', 'one.vhd', 'proven'),
    ]);
    expect(screen.getByText('one.vhd', { exact: true }).elements()).toHaveLength(1);
    expect(screen.getByText('two.vhd', { exact: true }).elements()).toHaveLength(1);
    await expect.element(screen.getByText('The image is its own ancestor.')).toBeVisible();
  });

  test('a file that may not be opened says why its actions are off', async () => {
    const view = { ...viewOf([image('far.vhd', null)]), files: [null] };
    const screen = await mount(ChainGraph, { view }, loopback());
    await screen.getByRole('button', { name: 'Actions' }).click();
    await expect
      .element(screen.getByRole('menuitem', { name: /^Open/ }))
      .toHaveTextContent('outside the folders this server may use');
  });
});
