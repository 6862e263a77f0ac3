/**
 * What the check predicts of readers, against what they said when the corpus was made (manifest `peers`) and against
 * the programs of this machine. Exceptions are named with their reason.
 */
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { checkImage } from '../../src-main/engine/check';
import type { CheckReport } from '../../src-shared/model/check-report';
import { describeCorpus, type CorpusEntry } from '../support/corpus';
import { hasOracle, runOracle } from '../support/oracle';
import { withTempFolder } from '../support/temp';

/** Where a peer's verdict is about something else than reading: `image peer` → why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'tap-nofooter.vhd vhd-util': 'the check of vhd-util wants the footer at the end; blktap opens by the copy',
  'rdisk-vhd_dynamic_small.vhd vhd-util': 'only the check of vhd-util looks at reserved bytes',
  'rdisk-vhd_fixed_small.vhd vhd-util': 'only the check of vhd-util looks at reserved bytes',
  'xo-stream-of-tap.vhd vhd-util': 'we name the missing batmap, vhd-util the left-over locators; both refuse',
};

/** What only the check of vhd-util minds: its own words. */
const CHECK_ONLY = /future|uuid|geometry|does not match|error resolving|'reserved' feature/;

describeCorpus('predictions about readers, on the corpus', (corpus) => {
  it('agree with what qemu-img 7.2 and 11.1, 7-Zip, vbox-img and vhd-util said', async () => {
    const disagreements: string[] = [];
    for (const entry of corpus.entries) {
      await withTempFolder(async (folder) => {
        // a child with its parents beside it
        const unpack = entry.type === 4 ? 'unpackGroup' : 'unpack';
        const report = await checkImage(corpus[unpack](entry.name, folder), { deep: true });
        disagreements.push(
          ...compareQemu(entry, report),
          ...compareSevenZip(entry, report),
          ...compareVirtualBox(entry, report),
          ...compareXen(entry, report),
        );
      });
    }
    expect(
      disagreements.filter((line) => !Object.keys(EXCEPTIONS).some((known) => line.startsWith(known))),
    ).toEqual([]);
  });

  it('agree with the qemu-img and 7z of this machine on the smaller images', async ({ skip }) => {
    if (!hasOracle('qemu-img') || !hasOracle('7z')) skip('qemu-img or 7z is not installed');
    const version = Number(
      /version (\d+)/.exec(runOracle('qemu-img', ['--version']).stdout.toString())?.[1] ?? 0,
    );
    const reader = version >= 10 ? 'qemu-from-10' : 'qemu-up-to-9';
    const disagreements: string[] = [];
    await withTempFolder(async (folder) => {
      for (const entry of corpus.entries.filter(({ size, type }) => size < 3 << 20 && type !== 4)) {
        const file = corpus.unpack(entry.name, folder);
        const { readers } = await checkImage(file, { deep: true });
        const qemu = runOracle('qemu-img', ['info', '-f', 'vpc', '--output=json', file]);
        const opened =
          qemu.status === 0
            ? (JSON.parse(qemu.stdout.toString()) as { 'virtual-size': number })['virtual-size']
            : null;
        const seen = opened === null ? 'refuses' : opened === entry.cur ? 'reads' : 'misreads';
        if (seen !== readers[reader].verdict)
          disagreements.push(`${entry.name}: qemu ${seen}, we say ${readers[reader].why}`);
        const zip = runOracle('7z', ['l', '-tVHD', file]).stdout.toString();
        if (/^Type = VHD/m.test(zip) !== (readers['7-zip'].verdict !== 'refuses'))
          disagreements.push(`${entry.name}: 7z, we say ${readers['7-zip'].why}`);
        fs.rmSync(file);
      }
    });
    expect(disagreements).toEqual([]);
  });
});

function compareQemu(entry: CorpusEntry, { readers }: CheckReport): string[] {
  return (
    [
      ['qemu72', 'qemu-up-to-9'],
      ['qemu11', 'qemu-from-10'],
    ] as const
  ).flatMap(([peer, reader]) => {
    const said = entry.peers[peer];
    const { verdict, why } = readers[reader];
    if (said === undefined) return [];
    const expected =
      typeof said === 'string' && said.startsWith('ERR')
        ? 'refuses'
        : entry.type === 4 || said !== entry.cur
          ? 'misreads'
          : 'reads';
    return expected === verdict
      ? []
      : [`${entry.name} ${peer} ${JSON.stringify(said)}: we say ${verdict}, ${why}`];
  });
}

function compareSevenZip(entry: CorpusEntry, { readers }: CheckReport): string[] {
  const said = entry.peers['7z2602'] as { readonly type: string | null } | undefined;
  if (!said) return [];
  const { verdict, why } = readers['7-zip'];
  const opened = said.type === 'VHD';
  // a raw parent is looked for only when the child is read
  const isAboutParent = entry.type === 4 && verdict === 'refuses' && /Missing volume/.test(why);
  return opened === (verdict !== 'refuses') || isAboutParent
    ? []
    : [`${entry.name} 7z: we say ${verdict}, ${why}`];
}

function compareVirtualBox(entry: CorpusEntry, { readers }: CheckReport): string[] {
  const said = entry.peers['vbox-img'];
  if (typeof said !== 'string') return [];
  const { verdict, why } = readers.virtualbox;
  // vbox-img opens one file without its parents; the program itself does not
  const isAboutParent = entry.type === 4 && verdict === 'refuses' && /parent was not found/.test(why);
  return (said === 'opens') === (verdict !== 'refuses') || isAboutParent
    ? []
    : [`${entry.name} vbox-img ${said}: we say ${verdict}, ${why}`];
}

function compareXen(entry: CorpusEntry, { readers }: CheckReport): string[] {
  const said = entry.peers['vhd-util'];
  if (typeof said !== 'string') return [];
  const { verdict, why } = readers.xen;
  const isValid = /is valid|rc0/.test(said);
  if (isValid ? verdict !== 'refuses' : verdict !== 'reads' || CHECK_ONLY.test(said)) return [];
  return [`${entry.name} vhd-util ${said}: we say ${verdict}, ${why}`];
}
