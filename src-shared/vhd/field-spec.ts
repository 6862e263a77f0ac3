/** How the bytes of a field are to be read. All numbers are big-endian. */
export type FieldKind =
  | 'ascii'
  | 'bytes'
  | 'checksum'
  | 'diskType'
  | 'features'
  | 'flag'
  | 'fourCharacterCode'
  | 'geometry'
  | 'locatorSpace'
  | 'timestamp'
  | 'u32'
  | 'u64'
  | 'utf16be'
  | 'uuid'
  | 'version';

/** One field of a structure. */
export interface FieldSpec {
  /** The specification's word, camelCased. */
  readonly name: string;
  /** Byte offset within the structure. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  readonly kind: FieldKind;
  /** The name as a person reads it. */
  readonly title: string;
  /** Section of the specification, or the program that defines the field. */
  readonly specSection: string;
  /** What the field means, in a sentence. */
  readonly meaning: string;
}

/** The field of a table with this name, or null. */
export function findField(fields: readonly FieldSpec[], name: string): FieldSpec | null {
  return fields.find((field) => field.name === name) ?? null;
}

/** The field of a table that holds the byte at `offset` within the structure, or null. */
export function fieldAtOffset(fields: readonly FieldSpec[], offset: number): FieldSpec | null {
  return fields.find((field) => offset >= field.offset && offset < field.offset + field.length) ?? null;
}

/** A field without its offset: a table is laid out by the lengths of what comes before. */
export type FieldWords = Omit<FieldSpec, 'offset'>;

/** Gives each field the offset behind the one before. */
export function layOutFields(fields: readonly FieldWords[]): FieldSpec[] {
  let offset = 0;
  return fields.map((field) => {
    const placed = { ...field, offset };
    offset += field.length;
    return placed;
  });
}
