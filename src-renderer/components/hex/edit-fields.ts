import type { InspectedField, StructureName } from '../../../src-shared/model';
import { decodeLatin1, trimCode } from '../../../src-shared/vhd';

/** Names that `edit --set` takes (CLI.md). */
export type FlagName = 'savedState' | 'hidden' | 'temporary';
export type EditName =
  | FlagName
  | 'creator'
  | 'creatorVersion'
  | 'hostOs'
  | 'uniqueId'
  | 'geometry'
  | 'timestamp'
  | 'originalSize'
  | 'parentId'
  | 'parentTimestamp'
  | 'parentName';

/** How a field that can be changed is asked for. */
export interface EditableField {
  readonly name: EditName;
  /** What stands there now, as a person would type it. */
  readonly now: string;
  /** Set for a switch with two states, stored as 0 and 1. */
  readonly flag: FlagName | null;
  /** Values with a name of their own, worth a button: `inspect.edit.values.<value>`. */
  readonly shortcuts: readonly ('auto' | 'now' | 'random')[];
}

interface Kind {
  readonly name: EditName;
  readonly now: (field: InspectedField) => string;
  readonly flag?: FlagName;
  readonly shortcuts?: EditableField['shortcuts'];
}

const value = (field: InspectedField): string => field.value;
/** Without the words in brackets that explain it. */
const bare = (field: InspectedField): string => field.value.replace(/ \(.*$/s, '');
const number = (field: InspectedField): string => BigInt(`0x${field.raw}`).toString();
const code = (field: InspectedField): string => {
  const bytes = Uint8Array.from(field.raw.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return trimCode(decodeLatin1(bytes));
};

const FOOTER: Readonly<Record<string, Kind>> = {
  creatorApplication: { name: 'creator', now: code },
  creatorVersion: { name: 'creatorVersion', now: value },
  creatorHostOs: { name: 'hostOs', now: code },
  uniqueId: { name: 'uniqueId', now: value, shortcuts: ['random'] },
  savedState: { name: 'savedState', now: value, flag: 'savedState' },
  hidden: { name: 'hidden', now: value, flag: 'hidden' },
  features: {
    name: 'temporary',
    now: (field) => String(Number(BigInt(`0x${field.raw}`) & 1n)),
    flag: 'temporary',
  },
  geometry: { name: 'geometry', now: bare, shortcuts: ['auto'] },
  timestamp: { name: 'timestamp', now: value, shortcuts: ['now'] },
  originalSize: { name: 'originalSize', now: number },
};

const HEADER: Readonly<Record<string, Kind>> = {
  parentUniqueId: { name: 'parentId', now: value },
  parentTimestamp: { name: 'parentTimestamp', now: value, shortcuts: ['now'] },
  parentUnicodeName: { name: 'parentName', now: value },
};

/** How a field is changed; null where it cannot be. */
export function editableField(structure: StructureName, field: InspectedField): EditableField | null {
  const kinds =
    structure === 'footer' || structure === 'footerCopy'
      ? FOOTER
      : structure === 'dynamicHeader'
        ? HEADER
        : {};
  const kind = kinds[field.name];
  if (!kind || !field.editable) return null;
  const { name, now, flag = null, shortcuts = [] } = kind;
  return { name, now: now(field), flag, shortcuts };
}
