import type { InspectedField, InspectedStructure, InspectReport } from '../../../src-shared/model';
import { keyOfStructure } from '../hex/structure-title';

/** One field of two images. */
export interface FieldRow {
  readonly key: string;
  readonly structure: InspectedStructure['structure'];
  readonly index?: number | undefined;
  readonly title: string;
  readonly a: string | null;
  readonly b: string | null;
  readonly equal: boolean;
  /** Byte offset in the first file that has the field. */
  readonly offset: number;
}

interface Found {
  readonly structure: InspectedStructure;
  readonly field: InspectedField;
}

function fieldsOf(report: InspectReport): Map<string, Found> {
  const fields = new Map<string, Found>();
  for (const structure of report.structures) {
    if (!structure.present) continue;
    for (const field of structure.fields)
      fields.set(`${keyOfStructure(structure)}:${field.name}`, { structure, field });
  }
  return fields;
}

/** Every field of either image, in the order of the first; equal is decided by the bytes. */
export function fieldRows(a: InspectReport, b: InspectReport): FieldRow[] {
  const left = fieldsOf(a);
  const right = fieldsOf(b);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [mine, theirs] = [left.get(key), right.get(key)];
    const known = mine ?? theirs;
    if (!known) return [];
    return [
      {
        key,
        structure: known.structure.structure,
        index: known.structure.index,
        title: known.field.title,
        a: mine?.field.value ?? null,
        b: theirs?.field.value ?? null,
        equal: mine !== undefined && theirs !== undefined && mine.field.raw === theirs.field.raw,
        offset: known.field.offset,
      },
    ];
  });
}
