import { describeCreator, describeHostOs, formatBytes } from '../../../src-shared/vhd';
import type { ChecksumFacts, ImageInfo } from '../../../src-shared/model';
import { t } from '../../i18n';
import {
  formatDateTime,
  formatInteger,
  formatOffset,
  formatShare,
  formatSize,
  formatSizeApart,
} from '../../i18n/format';
import type { Fact } from '../../ui';
import { diskTypeLabel } from './words';

const unknown = (): string => t('disk.facts.unknown');

/** A size with its exact bytes beside it. */
export function sizeFact(id: string, label: string, bytes: number | null): Fact {
  if (bytes === null) return { id, label, value: unknown() };
  return {
    id,
    label,
    value: formatSize(bytes),
    secondary: bytes < 1024 ? undefined : formatBytes(bytes),
    copy: String(bytes),
  };
}

export function sizeFacts(info: ImageInfo): Fact[] {
  const { geometry, virtualSizeBytes: size } = info;
  return [
    sizeFact('virtual', t('disk.facts.virtualSize'), size),
    ...(info.originalSizeBytes === size
      ? []
      : [sizeFact('original', t('disk.facts.originalSize'), info.originalSizeBytes)]),
    sizeFact('file', t('disk.facts.fileSize'), info.fileSizeBytes),
    sizeFact('usage', t('disk.facts.diskUsage'), info.diskUsageBytes),
    {
      id: 'geometry',
      label: t('disk.facts.geometry'),
      value: geometry ? `${geometry.cylinders} × ${geometry.heads} × ${geometry.sectorsPerTrack}` : unknown(),
      secondary: geometry
        ? geometry.capacityBytes === size
          ? t('disk.facts.geometryExact')
          : t('disk.facts.geometryHolds', { size: formatSizeApart(geometry.capacityBytes, size) })
        : undefined,
      copy: geometry ? `${geometry.cylinders}/${geometry.heads}/${geometry.sectorsPerTrack}` : undefined,
    },
  ];
}

export function identityFacts(info: ImageInfo): Fact[] {
  const { creator, uniqueId, createdAt } = info;
  const tool = creator ? describeCreator(creator.application) : null;
  const host = creator ? describeHostOs(creator.hostOs) : null;
  /** Some tools leave these four characters empty: nothing was said, which is not the same as unreadable. */
  const stated = (tag: string): string => (/^[\0 ]*$/.test(tag) ? t('disk.facts.notStated') : tag);
  return [
    { id: 'type', label: t('disk.facts.type'), value: diskTypeLabel(info.type) },
    {
      id: 'creator',
      label: t('disk.facts.creator'),
      value: creator ? (tool ?? stated(creator.application)) : unknown(),
      secondary: creator ? `${creator.application.replace(/[\0 ]+$/, '')} ${creator.versionMajor}.${creator.versionMinor}`.trim() : undefined,
    },
    { id: 'host', label: t('disk.facts.hostOs'), value: creator ? (host ?? stated(creator.hostOs)) : unknown(), secondary: host ? creator?.hostOs : undefined },
    { id: 'id', label: t('disk.facts.uniqueId'), value: uniqueId ?? unknown(), mono: uniqueId !== null, copy: uniqueId ?? undefined },
    { id: 'created', label: t('disk.facts.createdAt'), value: createdAt ? formatDateTime(createdAt) : unknown(), copy: createdAt ?? undefined },
    ...(info.savedState ? [{ id: 'saved', label: t('disk.facts.savedState'), value: t('disk.facts.yes'), tone: 'note' as const, toneLabel: '' }] : []),
  ]; // prettier-ignore
}

function checksumFact(id: string, label: string, checksum: ChecksumFacts | null): Fact {
  if (!checksum) return { id, label, value: t('disk.facts.absent') };
  return {
    id,
    label,
    value: checksum.stored,
    mono: true,
    copy: checksum.stored,
    tone: checksum.valid ? 'ok' : 'error',
    toneLabel: checksum.valid
      ? t('disk.facts.valid')
      : t('disk.facts.invalid', { computed: checksum.computed }),
  };
}

export function structureFacts(info: ImageInfo): Fact[] {
  const sparse = info.type !== 'fixed' && info.type !== null;
  const { blocks, maxTableEntries: entries, batOffset } = info;
  return [
    checksumFact('footer', t('disk.facts.checksumFooter'), info.checksums.footer),
    ...(sparse
      ? [
          checksumFact('copy', t('disk.facts.checksumCopy'), info.checksums.footerCopy),
          checksumFact('header', t('disk.facts.checksumHeader'), info.checksums.dynamicHeader),
          sizeFact('block', t('disk.facts.blockSize'), info.blockSizeBytes),
          {
            id: 'allocated',
            label: t('disk.facts.allocated'),
            value: blocks
              ? t('disk.facts.allocatedValue', {
                  allocated: formatInteger(blocks.allocated),
                  total: formatInteger(blocks.total),
                })
              : unknown(),
            secondary: blocks && blocks.total > 0 ? formatShare(blocks.allocated / blocks.total) : undefined,
          },
          {
            id: 'bat',
            label: t('disk.facts.bat'),
            value:
              entries === null || batOffset === null
                ? unknown()
                : t('disk.facts.batValue', {
                    entries: formatInteger(entries),
                    offset: formatOffset(batOffset),
                  }),
          },
        ]
      : []),
    ...(info.alignmentBytes === null
      ? []
      : [sizeFact('alignment', t('disk.facts.alignment'), info.alignmentBytes)]),
    ...(info.batmap ? [{ id: 'batmap', label: t('disk.facts.batmap'), value: info.batmap.version }] : []),
  ];
}

export function parentFacts(info: ImageInfo): Fact[] {
  const { parent } = info;
  if (!parent) return [];
  const tone = parent.identity === 'proven' ? 'ok' : parent.identity === 'raw' ? 'warning' : 'error';
  return [
    { id: 'name', label: t('disk.facts.parentName'), value: parent.name },
    {
      id: 'identity',
      label: t('disk.facts.parentIdentity'),
      value: '',
      tone,
      toneLabel: t(`disk.identity.${parent.identity}`),
    },
    { id: 'id', label: t('disk.facts.parentId'), value: parent.uniqueId, mono: true, copy: parent.uniqueId },
    ...(parent.resolvedPath
      ? [
          {
            id: 'path',
            label: t('disk.facts.parentFound'),
            value: parent.resolvedPath,
            mono: true,
            copy: parent.resolvedPath,
          },
        ]
      : []),
    ...parent.locators.map((locator, index) => ({
      id: `locator-${index}`,
      label: locator.platform,
      value: locator.path,
      mono: true,
      copy: locator.path,
    })),
  ];
}
