import type { RecordedChange } from '../../../../src-shared/ipc';

/** A change on record, of a few bytes of an image's metadata; it can be undone. */
export const recordedChange = (id: string, more: Partial<RecordedChange> = {}): RecordedChange => ({
  id,
  journalPath: `/history/${id}.platter-undo`,
  imagePath: `/images/${id}.vhd`,
  image: { id: `file-${id}`, name: `${id}.vhd`, displayPath: `/images/${id}.vhd` },
  operation: 'edit',
  title: `Edit ${id}`,
  state: 'settled',
  createdAt: '2026-11-23T10:00:00Z',
  sizeBytes: 600,
  changedBytes: 8,
  uniqueId: null,
  undoneAt: null,
  ...more,
});
