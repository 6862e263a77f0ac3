import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const RENDERER = join(__dirname, '../../../src-renderer');
/** Drawn once by App around every screen; the gallery makes each of them show something. */
const LAYERS: Readonly<Record<string, string>> = {
  LiveRegion: 'announce(',
  TipLayer: 'IconButton',
  ToastLayer: 'notify(',
};
/** The inside of the two menus. */
const PARTS = ['MenuEntries', 'MenuEntryBody'];

const gallery = readdirSync(join(RENDERER, 'views/gallery'))
  .map((name) => readFileSync(join(RENDERER, 'views/gallery', name), 'utf8'))
  .join('\n');
const components = readdirSync(join(RENDERER, 'ui'))
  .filter((name) => name.endsWith('.vue'))
  .map((name) => name.slice(0, -'.vue'.length))
  .filter((name) => !PARTS.includes(name));

describe('the gallery', () => {
  it.each(components)('shows %s', (name) => {
    const sign = LAYERS[name];
    if (sign === undefined) expect(gallery).toMatch(new RegExp(`<${name}[\\s>/]`));
    else expect(gallery).toContain(sign);
  });
});
