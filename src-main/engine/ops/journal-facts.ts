import fs from 'node:fs/promises';
import type { OperationResult, PreflightItem } from '../../../src-shared/model/results';
import { formatSize } from '../../../src-shared/vhd/format-size';
import { historyFolder, type HistoryOptions } from '../repair';

/** How much room a settled undo journal takes, for the result. Nobody fails for not knowing it. */
export async function journalFacts(journal: string | null): Promise<Pick<OperationResult, 'journalBytes'>> {
  const stats = journal === null ? null : await fs.stat(journal).catch(() => null);
  return stats ? { journalBytes: stats.size } : {};
}

/** A pre-flight line about the undo journal that a change leaves. */
export function journalItem(bytes: number, history: HistoryOptions | undefined): PreflightItem {
  return {
    code: 'journal',
    level: 'ok',
    message: `The undo journal takes up to ${formatSize(bytes)}, and is kept in "${historyFolder(history)}" until it is removed.`,
  };
}
