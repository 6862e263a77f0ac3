/** Sizes and geometry. */
import { writeU64 } from '../../../../src-shared/vhd/bytes';
import { FOOTER_SIZE_BYTES, SECTOR_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatSizeBoth } from '../../../../src-shared/vhd/format-size';
import { capacityBytes, formatGeometry, geometryForSectors } from '../../../../src-shared/vhd/geometry';
import { roundUpToSector } from '../../../../src-shared/vhd/layout';
import { sizesByReader } from '../../../../src-shared/vhd/reader-size';
import type { RepairOption } from '../../../../src-shared/model/repair-plan';
import { gatherFacts, safe } from '../../check/image-facts';
import { sealFooter, writeCurrentSize, writeGeometry } from '../../format';
import { editFooters, soundFooters } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { TYPE_CONTRADICTED } from './footer-type';

function geometryRecipe(code: string, certain: boolean): RepairRecipe {
  return {
    codes: [code],
    offer: (context) => {
      const { active } = context.metadata;
      const size = safe(active?.fields.currentSizeBytes);
      if (!active || size === null || soundFooters(context.metadata).length === 0) return null;
      const { geometry, creatorApplication } = active.fields;
      const wanted = geometryForSectors(size / SECTOR_SIZE_BYTES);
      const facts = { creatorApplication, currentSizeBytes: size };
      const now = sizesByReader({ ...facts, geometry });
      const then = sizesByReader({ ...facts, geometry: wanted });
      // a reader that goes by geometry must not lose sight of the end of the disk
      const shrinks =
        (then.qemuUpTo9 < now.qemuUpTo9 && now.qemuUpTo9 <= size) ||
        (then.qemuFrom10 < now.qemuFrom10 && now.qemuFrom10 <= size);
      return {
        title: `Set the geometry to ${formatGeometry(wanted)}`,
        detail: `The specification's calculation for ${formatSizeBoth(size)}; it addresses ${formatSizeBoth(capacityBytes(wanted))}.`,
        risk: shrinks ? 'data' : 'low',
        certain: certain && !shrinks,
        apply: async () => {
          await editFooters(context.file, context.metadata, (bytes) => writeGeometry(bytes, wanted));
        },
      };
    },
  };
}

const originalSize: RepairRecipe = {
  codes: ['original-size-larger'],
  offer: ({ file, metadata }) => {
    const size = safe(metadata.active?.fields.currentSizeBytes);
    if (size === null || soundFooters(metadata).length === 0) return null;
    return {
      title: 'Set the original size to the current size',
      detail: 'The original size is for information only.',
      risk: 'none',
      certain: true,
      apply: async () => {
        await editFooters(file, metadata, (bytes) => writeU64(bytes, 40, size));
      },
    };
  },
};

const option = (name: string, title: string, detail: string): RepairOption => ({
  name,
  title,
  detail,
  risk: 'data',
});

/** Gives a fixed disk the size `sizeBytes`, its footer behind it; what lies between is zeros, what lies behind is cut. */
async function resizeFixed({ file, metadata }: RepairContext, sizeBytes: number): Promise<void> {
  const { footer } = metadata;
  if (!footer) return;
  const bytes = Uint8Array.from(footer.bytes);
  if (footer.fields.currentSizeBytes !== sizeBytes) writeCurrentSize(bytes, sizeBytes);
  const size = await file.size();
  await file.setSize(Math.min(size, footer.offset, sizeBytes));
  await file.setSize(sizeBytes);
  await file.writeAt(sealFooter(bytes).subarray(0, FOOTER_SIZE_BYTES), sizeBytes);
}

const fixedTooLong: RepairRecipe = {
  codes: ['fixed-too-long'],
  dependsOn: [TYPE_CONTRADICTED],
  offer: (context) => {
    const { footer, type } = context.metadata;
    const size = safe(footer?.fields.currentSizeBytes);
    if (type !== 'fixed' || !footer?.checksum.valid || size === null || footer.offset <= size) return null;
    const room = footer.offset - (footer.offset % SECTOR_SIZE_BYTES);
    return {
      title: 'Make the file as long as its disk, or the disk as long as its file',
      detail: `The disk has ${formatSizeBoth(size)}; ${formatSizeBoth(footer.offset)} stand in front of the footer.`,
      risk: 'data',
      certain: false,
      options: [
        option(
          'move-footer',
          'Move the footer to the end of the disk',
          'What lies between is cut off; most readers never showed it.',
        ),
        option(
          'grow-disk',
          `Make the disk ${formatSizeBoth(room)}`,
          'The guest sees what lies between as the end of its disk.',
        ),
      ],
      apply: (name) => resizeFixed(context, name === 'grow-disk' ? room : size),
    };
  },
};

const fixedTooShort: RepairRecipe = {
  codes: ['fixed-too-short'],
  dependsOn: [TYPE_CONTRADICTED],
  offer: (context) => {
    const { footer, type } = context.metadata;
    const size = safe(footer?.fields.currentSizeBytes);
    if (type !== 'fixed' || !footer?.checksum.valid || size === null || footer.offset >= size) return null;
    const room = footer.offset - (footer.offset % SECTOR_SIZE_BYTES);
    return {
      title: 'Make good the missing end of the disk',
      detail: `The disk has ${formatSizeBoth(size)}, but only ${formatSizeBoth(footer.offset)} of it are in the file.`,
      risk: 'data',
      certain: false,
      options: [
        option(
          'pad',
          'Pad with zeros',
          'What was at the end of the disk is lost and reads as zeros; everything else stays in its place.',
        ),
        option(
          'shrink',
          `Make the disk ${formatSizeBoth(room)}`,
          'Partitions that reach beyond will not fit.',
        ),
      ],
      apply: (name) => resizeFixed(context, name === 'shrink' ? room : size),
    };
  },
};

const sizeNotSectors: RepairRecipe = {
  codes: ['size-not-sectors'],
  offer: (context) => {
    const { metadata, file } = context;
    const size = safe(metadata.active?.fields.currentSizeBytes);
    if (size === null || soundFooters(metadata).length === 0) return null;
    const down = size - (size % SECTOR_SIZE_BYTES);
    const up = roundUpToSector(size);
    return {
      title: 'Make the size a whole number of sectors',
      detail: `The disk has ${size} bytes, ${size % SECTOR_SIZE_BYTES} more than whole sectors.`,
      risk: 'data',
      certain: false,
      options: [
        option(
          'round-up',
          `Round up to ${formatSizeBoth(up)}`,
          'The last sector is filled with zeros; nothing is lost.',
        ),
        option(
          'round-down',
          `Round down to ${formatSizeBoth(down)}`,
          'The bytes of the last, partial sector are lost.',
        ),
      ],
      apply: async (name) => {
        const wanted = name === 'round-down' ? down : up;
        if (metadata.type === 'fixed') await resizeFixed(context, wanted);
        else await editFooters(file, metadata, (bytes) => writeCurrentSize(bytes, wanted));
      },
    };
  },
};

const currentSizeUnusable: RepairRecipe = {
  codes: ['current-size-unusable'],
  offer: async ({ file, metadata }) => {
    const { active, footer, type } = metadata;
    if (!active || soundFooters(metadata).length === 0) return null;
    const facts = await gatherFacts(file, metadata);
    const entries = metadata.header?.fields.maxTableEntries ?? 0;
    const candidates: readonly (readonly [string, string, number | null])[] = [
      ['file', 'what stands in front of the footer', type === 'fixed' ? (footer?.offset ?? null) : null],
      ['bat', 'what the BAT can hold', facts.blockSizeBytes === null ? null : entries * facts.blockSizeBytes],
      ['original', 'the original size', safe(active.fields.originalSizeBytes)],
      ['geometry', 'what the geometry addresses', capacityBytes(active.fields.geometry)],
    ];
    const sizes = candidates.filter(
      (one): one is readonly [string, string, number] => one[2] !== null && one[2] > 0,
    );
    if (sizes.length === 0) return null;
    return {
      title: 'Set the current size',
      detail: 'The stored size cannot be used.',
      risk: 'data',
      certain: false,
      options: sizes.map(([name, source, bytes]) =>
        option(name, `Set it to ${formatSizeBoth(bytes)}`, `This is ${source}.`),
      ),
      apply: async (name) => {
        const bytes = sizes.find(([one]) => one === name)?.[2];
        if (bytes !== undefined)
          await editFooters(file, metadata, (footerBytes) => writeCurrentSize(footerBytes, bytes));
      },
    };
  },
};

export const sizeRecipes: readonly RepairRecipe[] = [
  currentSizeUnusable,
  sizeNotSectors,
  fixedTooLong,
  fixedTooShort,
  geometryRecipe('geometry-zero', true),
  geometryRecipe('geometry-too-large', true),
  geometryRecipe('geometry-too-small', true),
  // COMPAT(qemu): the largest geometry says that the current size counts; harmless as it is, so only when asked for
  geometryRecipe('geometry-unusual', false),
  originalSize,
];
