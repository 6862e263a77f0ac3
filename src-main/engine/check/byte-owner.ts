import { formatCount } from '../../../src-shared/vhd/format-size';
import { BAT_ENTRY_SIZE_BYTES, BAT_UNUSED, SECTOR_SIZE_BYTES } from '../../../src-shared/vhd/constants';
import { DYNAMIC_HEADER_FIELDS } from '../../../src-shared/vhd/dynamic-header-fields';
import type { FieldSpec } from '../../../src-shared/vhd/field-spec';
import { FOOTER_FIELDS } from '../../../src-shared/vhd/footer-fields';
import type { StructureName } from '../../../src-shared/model/finding';
import type { VhdMetadata } from '../disk/metadata';
import type { RandomAccessFile } from '../io';
import type { BatAnalysis } from './bat-analysis';
import type { ByteArea } from './byte-area';
import { createContext, type CheckContext } from './context';
import { NearbyBlocks } from './nearby-blocks';

/** Who owns a stretch of the file, `[offset, offset + length)` in bytes. `gap` belongs to nothing. */
export interface ByteOwner {
  readonly offset: number;
  readonly length: number;
  readonly structure: StructureName | 'gap';
  /** Name in the field tables of src-shared/vhd; null outside structures with fields. */
  readonly field: string | null;
  /** Block, BAT entry or locator number. */
  readonly index: number | null;
  readonly label: string;
  /** Guest offset of the first byte, for guest content. */
  readonly guestOffset: number | null;
}

/** Tells the owner of every byte of an image: structures by field, BAT by entry, blocks by bitmap and data, gaps. */
export class ByteOwners {
  readonly #context: CheckContext;
  /** Structures in order of offset; where two claim a byte, the first in the file keeps it. */
  readonly #areas: readonly ByteArea[];
  #nearby: NearbyBlocks | null = null;

  private constructor(context: CheckContext) {
    this.#context = context;
    const { footer, fileSizeBytes } = context.metadata;
    const areas = [...context.facts.metadataAreas].filter(
      ({ structure }) => structure !== 'footerCopy' || context.metadata.footerCopy !== null,
    );
    if (footer)
      areas.push({ structure: 'footer', offset: footer.offset, end: footer.offset + footer.lengthBytes });
    this.#areas = areas
      .map((area) => ({ ...area, end: Math.min(area.end, fileSizeBytes) }))
      .sort((a, b) => a.offset - b.offset);
  }

  /** @throws AppError of kind `system`. */
  static async of(file: RandomAccessFile, metadata: VhdMetadata): Promise<ByteOwners> {
    return new ByteOwners(await createContext(file, metadata));
  }

  /** The owner of the byte at `offset`, inside the file. */
  ownerOf(offset: number): ByteOwner {
    const area = this.#areas.find((one) => offset >= one.offset && offset < one.end);
    if (area) return this.#inArea(area, offset);
    const block = this.#blockAt(offset);
    if (block !== null) return this.#clip(this.#inBlock(block, offset), offset);
    const { metadata, facts } = this.#context;
    if (metadata.type === 'fixed' && offset < (facts.currentSizeBytes ?? 0)) {
      return this.#clip(
        {
          ...NOTHING,
          structure: 'block',
          offset: 0,
          length: facts.currentSizeBytes ?? 0,
          label: 'Guest content',
          guestOffset: 0,
        },
        offset,
      );
    }
    return this.#gapAt(offset);
  }

  /** Owners that tile `[offset, offset + length)` as far as the file goes, each clipped to it. */
  spans(offset: number, length: number): ByteOwner[] {
    const end = Math.min(offset + length, this.#context.metadata.fileSizeBytes);
    const spans: ByteOwner[] = [];
    for (let position = offset; position < end;) {
      const owner = this.ownerOf(position);
      const stop = Math.min(owner.offset + owner.length, end);
      spans.push({
        ...owner,
        offset: position,
        length: stop - position,
        guestOffset: owner.guestOffset === null ? null : owner.guestOffset + position - owner.offset,
      });
      position = stop;
    }
    return spans;
  }

  #inArea(area: ByteArea, offset: number): ByteOwner {
    switch (area.structure) {
      case 'footer':
      case 'footerCopy':
        return this.#inFields(area, FOOTER_FIELDS, offset);
      case 'dynamicHeader':
        return this.#inFields(area, DYNAMIC_HEADER_FIELDS, offset);
      case 'bat':
        return this.#inBat(area, offset);
      default: {
        const name =
          area.structure === 'batmap' ? 'Batmap of Xen' : `Parent locator ${area.index ?? 0}, path`;
        const start = this.#startAfterEarlier(area, offset);
        return {
          ...NOTHING,
          structure: area.structure,
          offset: start,
          length: area.end - start,
          index: area.index ?? null,
          label: name,
        };
      }
    }
  }

  #inFields(area: ByteArea, fields: readonly FieldSpec[], offset: number): ByteOwner {
    const field = fields.find((one) => offset < area.offset + one.offset + one.length);
    const name = STRUCTURE_LABELS[area.structure] ?? area.structure;
    const start = area.offset + (field?.offset ?? 0);
    return {
      ...NOTHING,
      structure: area.structure,
      field: field?.name ?? null,
      offset: start,
      length: Math.min(field?.length ?? area.end - area.offset, area.end - start),
      label: `${name}: ${field?.title ?? ''}`,
    };
  }

  #inBat(area: ByteArea, offset: number): ByteOwner {
    const index = Math.floor((offset - area.offset) / BAT_ENTRY_SIZE_BYTES);
    const claimed = this.#context.metadata.header?.fields.maxTableEntries ?? 0;
    const start = area.offset + index * BAT_ENTRY_SIZE_BYTES;
    if (index >= claimed) {
      const padding = area.offset + claimed * BAT_ENTRY_SIZE_BYTES;
      return {
        ...NOTHING,
        structure: 'bat',
        offset: padding,
        length: area.end - padding,
        label: 'BAT: padding',
      };
    }
    const sector = this.#context.metadata.bat?.entries.at(index);
    const state =
      sector === undefined || sector === BAT_UNUSED ? 'not allocated' : `sector ${formatCount(sector)}`;
    return {
      ...NOTHING,
      structure: 'bat',
      offset: start,
      length: Math.min(BAT_ENTRY_SIZE_BYTES, area.end - start),
      index,
      field: `entry${index}`,
      label: `BAT: block ${formatCount(index)}, ${state}`,
    };
  }

  /** Index of the block that holds the byte, or null: the one that begins last where several do. */
  #blockAt(offset: number): number | null {
    const { bat, facts } = this.#context;
    if (!bat) return null;
    const found = this.#near(bat, offset).lastFrom(offset / SECTOR_SIZE_BYTES);
    return found === null || offset >= found.sector * SECTOR_SIZE_BYTES + facts.blockStrideBytes
      ? null
      : found.block;
  }

  /** What begins around the byte at `offset`; looking again nearby costs no further pass over the BAT. */
  #near(bat: BatAnalysis, offset: number): NearbyBlocks {
    if (!this.#nearby?.covers(offset / SECTOR_SIZE_BYTES))
      this.#nearby = new NearbyBlocks(bat, offset / SECTOR_SIZE_BYTES);
    return this.#nearby;
  }

  #inBlock(index: number, offset: number): ByteOwner {
    const { bat, facts } = this.#context;
    const start = bat?.offsetAt(index) ?? 0;
    const dataOffset = start + facts.bitmapBytes;
    const isBitmap = offset < dataOffset;
    return {
      offset: isBitmap ? start : dataOffset,
      length: isBitmap ? facts.bitmapBytes : (facts.blockSizeBytes ?? 0),
      structure: isBitmap ? 'sectorBitmap' : 'block',
      field: null,
      index,
      label: isBitmap
        ? `Sector bitmap of block ${formatCount(index)}`
        : `Data of block ${formatCount(index)}`,
      guestOffset: isBitmap ? null : index * (facts.blockSizeBytes ?? 0),
    };
  }

  /** A block's part around the byte at `offset`, cut where the next block or a structure begins. */
  #clip(owner: ByteOwner, offset: number): ByteOwner {
    const { bat, metadata } = this.#context;
    let end = Math.min(owner.offset + owner.length, metadata.fileSizeBytes);
    for (const area of this.#areas) if (area.offset > owner.offset && area.offset < end) end = area.offset;
    if (bat && owner.index !== null) {
      const next = this.#near(bat, offset).firstBehind((bat.offsetAt(owner.index) ?? 0) / SECTOR_SIZE_BYTES);
      if (next !== null && next * SECTOR_SIZE_BYTES > owner.offset)
        end = Math.min(end, next * SECTOR_SIZE_BYTES);
    }
    return { ...owner, length: end - owner.offset };
  }

  #gapAt(offset: number): ByteOwner {
    const { bat, metadata, facts } = this.#context;
    let start = metadata.type === 'fixed' ? Math.min(facts.currentSizeBytes ?? 0, offset) : 0;
    let end = metadata.fileSizeBytes;
    for (const area of this.#areas) {
      if (area.end <= offset) start = Math.max(start, area.end);
      if (area.offset > offset) end = Math.min(end, area.offset);
    }
    if (bat) {
      const nearby = this.#near(bat, offset);
      const before = nearby.lastFrom(offset / SECTOR_SIZE_BYTES);
      const after = nearby.firstBehind(offset / SECTOR_SIZE_BYTES);
      if (before) start = Math.max(start, before.sector * SECTOR_SIZE_BYTES + facts.blockStrideBytes);
      if (after !== null) end = Math.min(end, after * SECTOR_SIZE_BYTES);
    }
    const isTrailing = metadata.footer !== null && offset > metadata.footer.offset;
    return {
      ...NOTHING,
      offset: start,
      length: end - start,
      label: isTrailing ? 'Bytes behind the footer' : 'Belongs to nothing',
    };
  }

  #startAfterEarlier(area: ByteArea, offset: number): number {
    let start = area.offset;
    for (const other of this.#areas)
      if (other !== area && other.end <= offset && other.end > start) start = other.end;
    return start;
  }
}

const NOTHING: Omit<ByteOwner, 'offset' | 'length' | 'label'> = {
  structure: 'gap',
  field: null,
  index: null,
  guestOffset: null,
};

const STRUCTURE_LABELS: Readonly<Partial<Record<StructureName, string>>> = {
  footer: 'Footer',
  footerCopy: 'Footer copy',
  dynamicHeader: 'Dynamic disk header',
};
