import type { StructureName } from '../../../src-shared/model';

/** Names that `edit --set` takes (CLI.md), by the field they stand for in the inspector. */
const FOOTER: Readonly<Record<string, string>> = {
  creatorApplication: 'creator',
  creatorHostOs: 'hostOs',
  uniqueId: 'uniqueId',
  savedState: 'savedState',
  hidden: 'hidden',
  geometry: 'geometry',
  timestamp: 'timestamp',
  originalSize: 'originalSize',
};

/** What `edit` calls a field; null where it cannot be changed that way. */
export function editFieldOf(structure: StructureName, field: string): string | null {
  if (structure === 'footer' || structure === 'footerCopy') return FOOTER[field] ?? null;
  return structure === 'dynamicHeader' && field === 'parentUniqueId' ? 'parentId' : null;
}
