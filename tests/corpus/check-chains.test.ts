/** The chains of the corpus, each unpacked with what belongs to it, checked up to their base. */
import { expect, it } from 'vitest';
import { openDisk } from '../../src-main/engine/chain';
import { checkImage, RULE_CATALOGUE } from '../../src-main/engine/check';
import { describeCorpus } from '../support/corpus';
import { withTempFolder } from '../support/temp';

const ABSENT = { 'parent-missing': 'its parent is not in the corpus' };
const STALE_PARENT = { 'ancestor-damaged': 'the checksums of its parent are stale' };
const SAME_ID = { 'duplicate-unique-id': 'DOSBox-X gave one id to all images of its first run' };
const TWICE = { 'duplicate-unique-id': 'it is in the corpus in two states' };

/** Parents that have another name in the corpus than their children say. */
const RENAMED: readonly string[] = ['dfvfs-image-differential.vhd', 'govhd-win8-child.vhd', 'xo-child.vhd'];

/** Errors and warnings about the chain itself, each with its reason; every other child has none. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'chain-dfvfs/image-differential.vhd': STALE_PARENT,
  'dfvfs-image-differential.vhd': STALE_PARENT,
  'dfvfs-fat-differential.vhd': { ...ABSENT, ...TWICE },
  'dfvfs-fat-differential-old.vhd': { ...ABSENT, ...TWICE },
  'dosboxx-child-empty.vhd': SAME_ID,
  'dosboxx-child.vhd': SAME_ID,
  'dosboxx-grandchild.vhd': SAME_ID,
  'libvhdi-vpc-child-RECON.vhd': ABSENT,
  'tap-child-rawparent.vhd': { 'parent-raw': 'its parent is a raw disk' },
};

describeCorpus('the check of the chains of the corpus', (corpus) => {
  const children = corpus.entries.filter(({ type }) => type === 4);
  const chainCodes = RULE_CATALOGUE.filter(({ level }) => level === 'chain').map(({ code }) => code);

  const readable = children.filter(
    ({ name }) => !('parent-missing' in (KNOWN[name] ?? {}) || 'parent-raw' in (KNOWN[name] ?? {})),
  );
  it.each(readable.map(({ name }) => name))(
    'reads %s over its parent, with a word only where that was renamed',
    async (name) => {
      await withTempFolder(async (folder) => {
        const opened = await openDisk(corpus.unpackGroup(name, folder), { allowDamaged: true });
        await opened.close();
        const doubts = opened.chain.flatMap(({ doubt }) => doubt ?? []);
        expect(doubts.map((doubt) => /"([^"]*)" was taken in its place/.test(doubt))).toEqual(
          RENAMED.includes(name) ? [true] : [],
        );
        expect(doubts.join()).not.toMatch(/modified|was made at/);
      });
    },
  );

  it.each(children.map(({ name }) => name))('finds what is known of %s and nothing else', async (name) => {
    await withTempFolder(async (folder) => {
      const { findings } = await checkImage(corpus.unpackGroup(name, folder), { chain: true });
      const grave = findings.filter(({ code, severity }) => chainCodes.includes(code) && severity !== 'note');
      expect(grave.map(({ code }) => code).sort()).toEqual(Object.keys(KNOWN[name] ?? {}).sort());
    });
  });
});
