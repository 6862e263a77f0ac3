import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImage, RULE_CATALOGUE } from '../../../src-main/engine/check';
import type { Finding } from '../../../src-shared/model/finding';
import { buildVhd, nextId, type VhdKnobs } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { MIB, NOW_SECONDS } from './rule-case';
import { TESTED_CHAIN_CODES } from './tested-codes';

const folders = useTempFolders();
const BASE: VhdKnobs = { type: 'dynamic', sizeBytes: 8 * MIB, blocks: [{ index: 0, data: 1 }] };

function base(id: string, more: Partial<VhdKnobs> = {}): VhdKnobs {
  return { ...BASE, ...more, footer: { uniqueId: id, ...more.footer } };
}

function child(id: string, parentId: string, parentName: string, more: Partial<VhdKnobs> = {}): VhdKnobs {
  return {
    type: 'differencing',
    sizeBytes: 8 * MIB,
    locators: [{ platform: 'W2ru', data: `.\\${parentName}` }],
    ...more,
    header: { parentId, parentName, ...more.header },
    footer: { uniqueId: id, ...more.footer },
  };
}

async function checkChain(folder: string, name: string): Promise<Finding[]> {
  const { findings } = await checkImage(path.join(folder, name), { chain: true, nowSeconds: NOW_SECONDS });
  return [...findings];
}

function write(images: Readonly<Record<string, VhdKnobs>>): string {
  const folder = folders();
  for (const [name, image] of Object.entries(images)) buildVhd(image).writeTo(path.join(folder, name));
  return folder;
}

const codes = (findings: readonly Finding[]): string[] =>
  [...new Set(findings.map(({ code }) => code))].sort();
const ids = (): [string, string, string] => [nextId(), nextId(), nextId()];

describe('the check of a chain', () => {
  it('has no finding where every parent is there and right', async () => {
    const [a, b, c] = ids();
    const folder = write({
      'a.vhd': base(a),
      'b.vhd': child(b, a, 'a.vhd'),
      'c.vhd': child(c, b, 'b.vhd'),
    });
    expect(await checkChain(folder, 'c.vhd')).toEqual([]);
  });

  it('reports a missing parent of the image and of an ancestor', async () => {
    const [a, b, c] = ids();
    const folder = write({ 'b.vhd': child(b, a, 'a.vhd'), 'c.vhd': child(c, b, 'b.vhd') });
    expect(codes(await checkChain(folder, 'b.vhd'))).toEqual(['parent-missing']);
    const above = await checkChain(folder, 'c.vhd');
    expect(codes(above)).toEqual(['parent-missing']);
    expect(above[0]?.where?.index).toBe(1);
    expect(above[0]?.detail).toMatch(/ancestor "b.vhd"/);
  });

  it('reports a parent with another unique id', async () => {
    const [a, b, c] = ids();
    const folder = write({ 'a.vhd': base(c), 'b.vhd': child(b, a, 'a.vhd') });
    expect(codes(await checkChain(folder, 'b.vhd'))).toContain('parent-mismatch');
  });

  it('reports two images that could both be the parent', async () => {
    const [a, b] = ids();
    const folder = write({
      'one.vhd': base(a),
      'two.vhd': base(a),
      'b.vhd': child(b, a, 'gone.vhd', { header: { parentId: a, parentName: 'gone.vhd' } }),
    });
    expect(codes(await checkChain(folder, 'b.vhd'))).toEqual(['parent-ambiguous']);
    for (const chain of [false, true]) {
      const { readers } = await checkImage(path.join(folder, 'b.vhd'), { chain, nowSeconds: NOW_SECONDS });
      const verdicts = Object.values(readers).map(({ verdict }) => verdict);
      expect(verdicts, 'nobody can read it').not.toContain('reads');
    }
  });

  it('reports a raw parent', async () => {
    const [a] = ids();
    const folder = write({
      'b.vhd': child(a, '00000000-0000-0000-0000-000000000000', 'disk.raw'),
    });
    expect(codes(await checkChain(folder, 'b.vhd'))).toEqual(['parent-id-null', 'parent-raw']);
  });

  it('reports a parent of another size and with other blocks', async () => {
    const [a, b] = ids();
    const folder = write({
      'a.vhd': base(a, { sizeBytes: 9 * MIB, blockSizeBytes: MIB / 2, blocks: [] }),
      'b.vhd': child(b, a, 'a.vhd'),
    });
    expect(codes(await checkChain(folder, 'b.vhd'))).toEqual([
      'parent-block-size-differs',
      'parent-size-differs',
    ]);
  });

  it('reports a parent file that was modified at another time, as a note', async () => {
    const [a, b] = ids();
    const folder = write({
      'a.vhd': base(a),
      'b.vhd': child(b, a, 'a.vhd', { header: { parentId: a, parentName: 'a.vhd', parentTimestamp: 5000 } }),
    });
    const findings = await checkChain(folder, 'b.vhd');
    expect(codes(findings)).toEqual(['parent-time-differs']);
    expect(findings[0]?.severity).toBe('note');
  });

  it('reports a parent that was made long after the child', async () => {
    const [a, b] = ids();
    const folder = write({
      'a.vhd': base(a, { footer: { timestamp: 790_000_000 } }),
      'b.vhd': child(b, a, 'a.vhd', { footer: { timestamp: 700_000_000 } }),
    });
    expect(codes(await checkChain(folder, 'b.vhd'))).toEqual(['parent-newer']);
  });

  it('reports a chain that comes back to itself, and an image that is its own parent', async () => {
    const [a, b] = ids();
    const folder = write({ 'a.vhd': child(a, b, 'b.vhd'), 'b.vhd': child(b, a, 'a.vhd') });
    expect(codes(await checkChain(folder, 'a.vhd'))).toContain('chain-loop');
    const alone = write({ 'self.vhd': child(a, a, 'self.vhd') });
    expect(codes(await checkChain(alone, 'self.vhd'))).toContain('chain-loop');
  });

  it('finds a loop in a quick look, too, and that a chain of three is none', async () => {
    const [a, b, c] = ids();
    const loop = write({ 'a.vhd': child(a, b, 'b.vhd'), 'b.vhd': child(b, a, 'a.vhd') });
    const alone = write({ 'self.vhd': child(a, a, 'self.vhd') });
    const sound = write({
      'a.vhd': base(a),
      'b.vhd': child(b, a, 'a.vhd'),
      'c.vhd': child(c, b, 'b.vhd'),
    });
    const quick = async (file: string): Promise<readonly Finding[]> =>
      (await checkImage(file, { nowSeconds: NOW_SECONDS })).findings;
    for (const file of [path.join(loop, 'a.vhd'), path.join(loop, 'b.vhd'), path.join(alone, 'self.vhd')])
      expect(codes(await quick(file))).toEqual(['chain-loop']);
    expect(await quick(path.join(sound, 'c.vhd'))).toEqual([]);
  });

  it('reports a chain that is longer than it follows', async () => {
    const names = Array.from({ length: 70 }, () => nextId());
    const images = Object.fromEntries(
      names.map((id, at) => {
        const knobs = at === 0 ? base(id, { blocks: [] }) : child(id, names[at - 1] ?? '', `${at - 1}.vhd`);
        return [`${at}.vhd`, knobs];
      }),
    );
    expect(codes(await checkChain(write(images), '69.vhd'))).toContain('chain-too-deep');
  });

  it('reports an ancestor with errors of its own, and one that is no VHD', async () => {
    const [a, b] = ids();
    const folder = write({
      'a.vhd': base(a, { footerCopy: { uniqueId: a, checksum: 1 } }),
      'b.vhd': child(b, a, 'a.vhd'),
    });
    const findings = await checkChain(folder, 'b.vhd');
    expect(codes(findings)).toEqual(['ancestor-damaged']);
    expect(findings[0]?.evidence?.map(({ found }) => found)).toEqual(['footer-copy-checksum']);
  });

  it('reports a locator that no longer leads to the parent that another one finds', async () => {
    const [a, b] = ids();
    const folder = write({
      'a.vhd': base(a),
      'b.vhd': child(b, a, 'a.vhd', {
        locators: [
          { platform: 'W2ru', data: '.\\a.vhd' },
          { platform: 'MacX', data: 'file:///elsewhere/of/old/name.vhd' },
        ],
      }),
    });
    const findings = await checkChain(folder, 'b.vhd');
    expect(codes(findings)).toEqual(['locator-stale', 'parent-name-differs']);
    expect(findings.find(({ code }) => code === 'locator-stale')?.detail).toMatch(/MacX/);
  });

  it('reports another image in the folder with the same unique id', async () => {
    const [a] = ids();
    const folder = write({ 'a.vhd': base(a), 'copy of a.vhd': base(a) });
    const findings = await checkChain(folder, 'a.vhd');
    expect(codes(findings)).toEqual(['duplicate-unique-id']);
    expect(findings[0]?.detail).toMatch(/"copy of a.vhd"/);
  });

  it('reports an ancestor without a footer as unreadable or damaged', async () => {
    const [a, b, c] = ids();
    const folder = write({ 'a.vhd': base(a), 'b.vhd': child(b, a, 'a.vhd'), 'c.vhd': child(c, b, 'b.vhd') });
    // b keeps its copy; a loses everything it could be known by
    fs.writeFileSync(path.join(folder, 'a.vhd'), 'not an image');
    expect(
      codes(await checkChain(folder, 'c.vhd')).filter((code) => TESTED_CHAIN_CODES.includes(code)),
    ).not.toEqual([]);
  });

  it('touches no file that it was not allowed to', async () => {
    const [a, b] = ids();
    const folder = write({ 'a.vhd': base(a), 'b.vhd': child(b, a, 'a.vhd') });
    const asked: string[] = [];
    const { findings } = await checkImage(path.join(folder, 'b.vhd'), {
      chain: true,
      nowSeconds: NOW_SECONDS,
      mayOpen: (one) => {
        asked.push(path.basename(one));
        return false;
      },
    });
    expect(codes(findings)).toEqual(['parent-missing']);
    expect(asked).toContain('a.vhd');
  });

  it('knows every chain rule of the catalogue', () => {
    const chain = RULE_CATALOGUE.filter(({ level }) => level === 'chain').map(({ code }) => code);
    expect(chain.sort()).toEqual([...TESTED_CHAIN_CODES].sort());
  });
});
