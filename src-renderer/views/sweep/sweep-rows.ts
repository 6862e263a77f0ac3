import type { SweepRow } from '../../../src-shared/model';

/** Images of the table that carry one and the same unique id, by id; at least two each. The null id is nobody's. */
export function duplicatesById(rows: readonly SweepRow[]): ReadonlyMap<string, readonly SweepRow[]> {
  const byId = new Map<string, SweepRow[]>();
  for (const row of rows) {
    if (!row.uniqueId || /^[0-]+$/.test(row.uniqueId)) continue;
    const list = byId.get(row.uniqueId);
    if (list) list.push(row);
    else byId.set(row.uniqueId, [row]);
  }
  return new Map([...byId].filter(([, list]) => list.length > 1));
}

/** The folder of an image as seen from the one looked through, with its slash at the end; empty in that one itself. */
export function folderBelow(row: SweepRow, root: string): string {
  const path = row.file.displayPath;
  const folder = path.slice(0, path.length - row.file.name.length);
  const top = /[/\\]$/.test(root) ? root : `${root}${path.includes('\\') ? '\\' : '/'}`;
  return root !== '' && folder.startsWith(top) ? folder.slice(top.length) : '';
}

const textOf = (row: SweepRow): string =>
  [
    row.file.name,
    row.file.displayPath,
    row.type,
    row.parent,
    row.uniqueId,
    row.problem,
    ...row.readersAgainst,
  ]
    .join(' ')
    .toLowerCase();

/** Rows that hold every word of the filter. */
export function filterRows(rows: readonly SweepRow[], filter: string, onlyProblems: boolean): SweepRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (onlyProblems && row.problem === null && row.verdict === 'clean') return false;
    const text = textOf(row);
    return words.every((word) => text.includes(word));
  });
}

const quoted = (value: string | number | null): string => {
  const text = value === null ? '' : String(value);
  // A spreadsheet runs what begins like a formula; file names are other people's input.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

export function rowsToCsv(rows: readonly SweepRow[]): string {
  const head =
    'path,format,type,virtualSizeBytes,fileSizeBytes,verdict,errors,warnings,uniqueId,parent,readersAgainst,problem';
  const lines = rows.map((row) =>
    [
      row.file.displayPath,
      row.format,
      row.type,
      row.virtualSizeBytes,
      row.fileSizeBytes,
      row.verdict,
      row.errors,
      row.warnings,
      row.uniqueId,
      row.parent,
      row.readersAgainst.join(' '),
      row.problem,
    ]
      .map(quoted)
      .join(','),
  );
  return [head, ...lines, ''].join('\r\n');
}

/** The same without the ids of this window. */
export function rowsToJson(rows: readonly SweepRow[]): string {
  return `${JSON.stringify(
    rows.map(({ file, ...facts }) => ({ path: file.displayPath, ...facts })),
    null,
    2,
  )}\n`;
}
