import type { ChecksumFacts, ImageInfo } from '../../../src-shared/model';
import {
  describeCreator,
  describeHostOs,
  formatCount,
  formatGeometry,
  formatSize,
  formatSizeBoth,
} from '../../../src-shared/vhd';
import { describeImage } from '../../services/image/info';
import { describeLocator } from '../text/chain';
import { printFindings, summarizeHealth } from '../text/findings';
import type { Style } from '../text/style';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'info',
    usage: ['info FILE'],
    about: [
      'What the image is: type, sizes, geometry, creator, id, dates, checksums, blocks, parent, and how each kind of reader sees its size. A damaged image still gives every fact that can be read, with its findings.',
      'Reads metadata only, and changes nothing.',
    ],
    words: ['BAT', 'CHS', 'footer', 'locator', 'unique id'],
    operands: [{ name: 'FILE', required: true }],
    options: [],
    examples: [
      { command: 'platter info disk.vhd', says: 'The facts for people.' },
      {
        command: 'platter info disk.vhd --json | jq .virtualSizeBytes',
        says: 'The virtual size alone, for scripts.',
      },
    ],
  },
  async run(args, context) {
    const info = await describeImage(args.operand(0), { signal: context.signal });
    context.printJson(info);
    printInfo(info, context);
    return EXIT_DONE;
  },
};

function printInfo(info: ImageInfo, { out, style }: VerbContext): void {
  out.heading(info.path);
  out.facts([
    ['Type', info.type ?? style.bad('cannot be told')],
    ['Virtual size', sizeOrUnknown(info.virtualSizeBytes)],
    [
      'Original size',
      info.originalSizeBytes === null || info.originalSizeBytes === info.virtualSizeBytes
        ? null
        : formatSizeBoth(info.originalSizeBytes),
    ],
    ['File size', formatSizeBoth(info.fileSizeBytes)],
    ['On this disk', info.diskUsageBytes < info.fileSizeBytes ? formatSizeBoth(info.diskUsageBytes) : null],
    [
      'Geometry',
      info.geometry &&
        `${formatGeometry(info.geometry)} cylinders/heads/sectors, ${formatSizeBoth(info.geometry.capacityBytes)}`,
    ],
    ['Creator', describeCreatorFacts(info.creator)],
    ['Created', info.createdAt && describeTime(info.createdAt)],
    ['Unique id', info.uniqueId],
    ['Flags', describeFlags(info)],
  ]);
  printLayout(info, out, style);
  printParent(info, out, style);
  printReaders(info, out, style);
  out.line();
  out.heading('Health');
  out.facts([
    ['Checksums', describeChecksums(info.checksums, style)],
    ['Findings', summarizeHealth(info.health, style) + describeLoss(info, style)],
  ]);
  printFindings(info.findings, out);
}

/** A child may be sound by itself and of no use: its own metadata is all that `info` judges. */
function describeLoss({ parent }: ImageInfo, style: Style): string {
  const isLost = parent?.identity === 'missing' || parent?.identity === 'mismatch';
  return isLost ? `, ${style.bad('but without its parent it cannot be read')}` : '';
}

/** `2026-11-23 13:07:08 UTC`. */
const describeTime = (iso: string): string => iso.replace('T', ' ').replace('Z', ' UTC');

type Out = VerbContext['out'];

function printLayout(info: ImageInfo, out: Out, style: Style): void {
  if (info.blockSizeBytes === null) return;
  const { blocks } = info;
  out.line();
  out.heading('Blocks');
  out.facts([
    ['Block size', formatSizeBoth(info.blockSizeBytes)],
    [
      'Allocated',
      blocks &&
        `${formatCount(blocks.allocated)} of ${formatCount(blocks.total)}${blocks.total > 0 ? style.faint(` (${Math.round((blocks.allocated / blocks.total) * 100)} %)`) : ''}`,
    ],
    [
      'Alignment',
      info.alignmentBytes === null ? null : `data lies on multiples of ${formatSize(info.alignmentBytes)}`,
    ],
    ['Header at', info.headerOffset === null ? null : formatCount(info.headerOffset)],
    [
      'BAT at',
      info.batOffset === null
        ? null
        : `${formatCount(info.batOffset)}, ${formatCount(info.maxTableEntries ?? 0)} entries`,
    ],
    [
      'Batmap',
      info.batmap &&
        `version ${info.batmap.version}, ${info.batmap.valid ? 'valid' : style.warning('not valid')}`,
    ],
  ]);
}

function printParent({ parent }: ImageInfo, out: Out, style: Style): void {
  if (parent === null) return;
  const identity = {
    proven: style.good('proven: the unique id is the one asked for'),
    mismatch: style.bad('not the right one: its unique id is another'),
    missing: style.bad('not found'),
    raw: style.warning('a raw disk, which carries no id to prove'),
  }[parent.identity];
  out.line();
  out.heading('Parent');
  out.facts([
    ['Name', parent.name],
    ['Unique id', parent.uniqueId],
    ['Changed', parent.timestamp && describeTime(parent.timestamp)],
    ['Found at', parent.resolvedPath],
    ['Identity', identity],
    ...parent.locators.map(
      ({ platform, path }) => ['Locator', `${describeLocator(platform)}: ${path}`] as const,
    ),
  ]);
}

function printReaders(info: ImageInfo, out: Out, style: Style): void {
  const sizes = info.sizesByReader;
  if (sizes === null) return;
  const rows: readonly (readonly [string, number])[] = [
    ['Windows, VirtualBox, Xen, 7-Zip', sizes.currentSize],
    ['Virtual PC', sizes.chs],
    ['QEMU 2.6 to 9.2', sizes.qemuUpTo9],
    ['QEMU from 10', sizes.qemuFrom10],
  ];
  out.line();
  if (rows.every(([, bytes]) => bytes === sizes.currentSize)) {
    out.facts([['Every reader', `sees ${formatSizeBoth(sizes.currentSize)}`]]);
    return;
  }
  out.heading('Size as readers see it');
  out.facts(
    rows.map(([reader, bytes]) => {
      const difference = bytes - sizes.currentSize;
      if (difference === 0) return [reader, formatSizeBoth(bytes)];
      const word = difference < 0 ? 'less' : 'more';
      return [
        reader,
        `${formatSizeBoth(bytes)}, ${style.warning(`${formatCount(Math.abs(difference))} bytes ${word}`)}`,
      ];
    }),
  );
}

function describeCreatorFacts(creator: ImageInfo['creator']): string | null {
  if (creator === null) return null;
  const tool = describeCreator(creator.application);
  const host = describeHostOs(creator.hostOs) ?? (creator.hostOs === '' ? null : `"${creator.hostOs}"`);
  const version = `${creator.versionMajor}.${creator.versionMinor}`;
  return `"${creator.application}" ${version}${tool === null ? '' : `, ${tool}`}${host === null ? '' : `, on ${host}`}`;
}

function describeFlags({ features, hidden, savedState }: ImageInfo): string | null {
  const flags = [
    ...(features !== null && (features & 1) !== 0 ? ['temporary disk'] : []),
    ...(savedState === true ? ['belongs to a machine in saved state'] : []),
    ...(hidden === true ? ['hidden by Xen'] : []),
  ];
  return flags.length === 0 ? null : flags.join(', ');
}

function describeChecksums(checksums: ImageInfo['checksums'], style: Style): string {
  const part = (name: string, facts: ChecksumFacts | null): string[] => {
    if (facts === null) return [];
    return facts.valid
      ? [`${name} ${style.good('right')}`]
      : [`${name} ${style.bad('wrong')} (${facts.stored}, must be ${facts.computed})`];
  };
  return [
    ...part('footer', checksums.footer),
    ...part('footer copy', checksums.footerCopy),
    ...part('dynamic disk header', checksums.dynamicHeader),
  ].join(', ');
}

function sizeOrUnknown(bytes: number | null): string {
  return bytes === null ? 'cannot be told' : formatSizeBoth(bytes);
}
