import type { Finding } from '../../../../src-shared/model/finding';
import type { InspectedField, InspectedStructure, InspectReport } from '../../../../src-shared/model/inspect';
import {
  DYNAMIC_HEADER_FIELDS,
  PARENT_LOCATOR_FIELDS,
} from '../../../../src-shared/vhd/dynamic-header-fields';
import type { FieldSpec } from '../../../../src-shared/vhd/field-spec';
import { FOOTER_FIELDS } from '../../../../src-shared/vhd/footer-fields';
import { toHex } from '../../../../src-shared/vhd/text';
import type { LocatedFooter } from '../../disk/locate-footers';
import type { LocatedHeader, VhdMetadata } from '../../disk/metadata';
import { locatorOffset, UNUSED_PLATFORM_CODE } from '../../format';
import { readUpTo, type RandomAccessFile } from '../../io';
import { createContext, type CheckContext } from '../context';
import { safe } from '../image-facts';
import { printablePath } from '../printable';
import { inspectBat, inspectSectorBitmap, requireIndex } from './inspect-blocks';
import { decodeField } from './decode-field';
import { findingsByField, judgeField, type FindingsByField } from './field-verdicts';

export type InspectableStructure =
  'footer' | 'footerCopy' | 'dynamicHeader' | 'bat' | 'sectorBitmap' | 'parentLocator';

export interface InspectOptions {
  readonly structure?: InspectableStructure | undefined;
  /** Block, BAT entry or locator number. */
  readonly index?: number | undefined;
}

const RAW_BYTES_MAX = 64;
/** Fields that `edit --set` changes (CLI.md); of the features it is the mark of a temporary disk. */
const EDITABLE = {
  footer: [
    'features',
    'creatorApplication',
    'creatorVersion',
    'creatorHostOs',
    'uniqueId',
    'savedState',
    'hidden',
    'geometry',
    'timestamp',
    'originalSize',
  ],
  /** Of a differencing disk only: no other one has a parent. */
  dynamicHeader: ['parentUniqueId', 'parentTimestamp', 'parentUnicodeName'],
} as const;

/**
 * Every field of the structures with offset, raw bytes, value, verdict and reason. Verdicts come from `findings`, those
 * of a quick check or deeper. Without `structure`: all of them, of the BAT the first entries.
 * @throws AppError of kind `system`; `bad-value` where the index is outside the image.
 */
export async function inspectImage(
  file: RandomAccessFile,
  metadata: VhdMetadata,
  findings: readonly Finding[],
  options: InspectOptions = {},
): Promise<InspectReport> {
  const context = await createContext(file, metadata);
  return { path: file.path, structures: await structuresOf(context, findings, options) };
}

async function structuresOf(
  context: CheckContext,
  findings: readonly Finding[],
  { structure, index }: InspectOptions,
): Promise<InspectedStructure[]> {
  const { metadata } = context;
  switch (structure) {
    case 'footer':
      return [inspectFooter('footer', context, findings)];
    case 'footerCopy':
      return [inspectFooter('footerCopy', context, findings)];
    case 'dynamicHeader':
      return [inspectHeader(metadata, findings)];
    case 'bat':
      return [inspectBat(context, index)];
    case 'sectorBitmap':
      return [await inspectSectorBitmap(context, index ?? 0)];
    case 'parentLocator':
      return inspectLocators(context, findings, index);
    case undefined: {
      const hasHeader = metadata.type !== 'fixed';
      return [
        ...(hasHeader
          ? [inspectFooter('footerCopy', context, findings), inspectHeader(metadata, findings)]
          : []),
        ...(hasHeader ? await inspectLocators(context, findings, undefined) : []),
        ...(hasHeader ? [inspectBat(context, undefined)] : []),
        inspectFooter('footer', context, findings),
      ];
    }
  }
}

function inspectFooter(
  structure: 'footer' | 'footerCopy',
  { metadata }: CheckContext,
  findings: readonly Finding[],
): InspectedStructure {
  const { footer, footerCopy, fileSizeBytes } = metadata;
  const one = structure === 'footer' ? footer : footerCopy;
  if (!one) {
    const offset = structure === 'footer' ? Math.max(0, fileSizeBytes - 512) : 0;
    return { structure, offset, length: 512, present: false, fields: [] };
  }
  const byField = findingsByField(findings, structure, areEqual(footer, footerCopy));
  return {
    structure,
    offset: one.offset,
    length: one.lengthBytes,
    present: true,
    fields: FOOTER_FIELDS.map((field) =>
      inspectField(
        field,
        one.offset,
        one.bytes.subarray(0, one.lengthBytes),
        byField,
        targetOfFooter(field, one),
        EDITABLE.footer,
      ),
    ),
  };
}

const areEqual = (a: LocatedFooter | null, b: LocatedFooter | null): boolean =>
  a !== null && b !== null && a.bytes.every((byte, at) => byte === b.bytes[at]);

const targetOfFooter = (field: FieldSpec, footer: LocatedFooter): number | null =>
  field.name === 'dataOffset' ? safe(footer.fields.dataOffset) : null;

function inspectHeader({ header, type }: VhdMetadata, findings: readonly Finding[]): InspectedStructure {
  if (!header) return { structure: 'dynamicHeader', offset: 512, length: 1024, present: false, fields: [] };
  const byField = findingsByField(findings, 'dynamicHeader', false);
  return {
    structure: 'dynamicHeader',
    offset: header.offset,
    length: header.bytes.length,
    present: true,
    fields: DYNAMIC_HEADER_FIELDS.map((field) =>
      inspectField(
        field,
        header.offset,
        header.bytes,
        byField,
        targetOfHeader(field, header),
        type === 'differencing' ? EDITABLE.dynamicHeader : [],
      ),
    ),
  };
}

function targetOfHeader({ name }: FieldSpec, header: LocatedHeader): number | null {
  if (name === 'tableOffset') return safe(header.fields.tableOffset);
  const match = /^parentLocator(\d)\.dataOffset$/.exec(name);
  const entry = match ? header.fields.parentLocators[Number(match[1])] : undefined;
  return entry && entry.platformCode !== UNUSED_PLATFORM_CODE ? safe(entry.dataOffset) : null;
}

async function inspectLocators(
  context: CheckContext,
  findings: readonly Finding[],
  index: number | undefined,
): Promise<InspectedStructure[]> {
  const { header } = context.metadata;
  if (!header) return [];
  requireIndex(index, header.fields.parentLocators.length, 'parent locator');
  const byField = findingsByField(findings, 'dynamicHeader', false);
  const wanted =
    index === undefined
      ? header.fields.parentLocators.flatMap((entry, at) =>
          entry.platformCode === UNUSED_PLATFORM_CODE ? [] : [at],
        )
      : [index];
  return Promise.all(wanted.map((at) => inspectLocator(context, header, byField, at)));
}

async function inspectLocator(
  context: CheckContext,
  header: LocatedHeader,
  byField: FindingsByField,
  index: number,
): Promise<InspectedStructure> {
  const start = locatorOffset(index);
  const own = new Map(
    [...byField].flatMap(([name, finding]) =>
      name.startsWith(`parentLocator${index}.`)
        ? [[name.slice(name.indexOf('.') + 1), finding] as const]
        : [],
    ),
  );
  const bytes = header.bytes.subarray(start, start + 24);
  const entry = header.fields.parentLocators[index];
  const fields = PARENT_LOCATOR_FIELDS.map((field) =>
    inspectField(
      field,
      header.offset + start,
      bytes,
      own,
      field.name === 'dataOffset' ? safe(entry?.dataOffset) : null,
    ),
  );
  const path = await inspectPath(context, index);
  return {
    structure: 'parentLocator',
    index,
    offset: header.offset + start,
    length: 24,
    present: entry !== undefined && entry.platformCode !== UNUSED_PLATFORM_CODE,
    fields: path ? [...fields, path] : fields,
  };
}

async function inspectPath({ file, locators }: CheckContext, index: number): Promise<InspectedField | null> {
  const locator = (await locators()).find((one) => one.index === index);
  const offset = safe(locator?.entry.dataOffset);
  if (!locator || offset === null) return null;
  const bytes = await readUpTo(file, offset, Math.min(locator.entry.dataLengthBytes, RAW_BYTES_MAX + 1));
  const isReadable = locator.path !== null && locator.path !== '';
  return {
    name: 'path',
    title: 'Path',
    offset,
    length: locator.entry.dataLengthBytes,
    raw: rawOf(bytes),
    value: locator.path === null ? '' : printablePath(locator.path),
    verdict: isReadable ? 'right' : 'unusual',
    reason: isReadable ? 'The bytes decode to a path.' : 'The bytes hold no path that can be read.',
    meaning: 'Where the parent was when the image was made.',
    section: 'Parent Locator Entries',
  };
}

function inspectField(
  field: FieldSpec,
  base: number,
  structureBytes: Uint8Array,
  byField: FindingsByField,
  target: number | null,
  editable: readonly string[] = [],
): InspectedField {
  const bytes = structureBytes.subarray(field.offset, field.offset + field.length);
  return {
    name: field.name,
    title: field.title,
    offset: base + field.offset,
    length: bytes.length,
    raw: rawOf(bytes),
    value: decodeField(field, bytes),
    ...judgeField(field, bytes, byField.get(field.name)),
    meaning: field.meaning,
    section: field.specSection,
    ...(target === null ? {} : { target }),
    ...(editable.includes(field.name) ? { editable: true } : {}),
  };
}

function rawOf(bytes: Uint8Array): string {
  return `${toHex(bytes.subarray(0, RAW_BYTES_MAX))}${bytes.length > RAW_BYTES_MAX ? '…' : ''}`;
}
