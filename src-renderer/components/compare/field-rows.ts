import type { InspectedStructure, InspectReport } from '../../../src-shared/model';

/** One field of two images. */
export interface FieldRow {
  readonly key: string;
  readonly structure: InspectedStructure['structure'];
  readonly index: number | undefined;
  readonly title: string;
  readonly a: string | null;
  readonly b: string | null;
  readonly equal: boolean;
}

function fieldsOf(
  report: InspectReport,
): Map<string, { structure: InspectedStructure; title: string; value: string; raw: string }> {
  const fields = new Map<
    string,
    { structure: InspectedStructure; title: string; value: string; raw: string }
  >();
  for (const structure of report.structures) {
    if (!structure.present) continue;
    for (const field of structure.fields) {
      const key = `${structure.structure}:${structure.index ?? ''}:${field.name}`;
      fields.set(key, { structure, title: field.title, value: field.value, raw: field.raw });
    }
  }
  return fields;
}

/** Every field of either image, in the order of the first; equal is decided by the bytes. */
export function fieldRows(a: InspectReport, b: InspectReport): FieldRow[] {
  const left = fieldsOf(a);
  const right = fieldsOf(b);
  return [...new Set([...left.keys(), ...right.keys()])].map((key) => {
    const mine = left.get(key);
    const theirs = right.get(key);
    const known = mine ?? theirs;
    return {
      key,
      structure: known?.structure.structure ?? 'file',
      index: known?.structure.index,
      title: known?.title ?? '',
      a: mine?.value ?? null,
      b: theirs?.value ?? null,
      equal: mine !== undefined && theirs !== undefined && mine.raw === theirs.raw,
    };
  });
}
