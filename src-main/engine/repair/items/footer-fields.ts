/** Single fields of footer and copy. Both are edited alike, and sealed with the right checksum. */
import { readU32, writeU32, writeU64, writeU8 } from '../../../../src-shared/vhd/bytes';
import {
  FEATURE_RESERVED,
  FEATURE_TEMPORARY,
  FOOTER_COOKIE,
  FOOTER_HIDDEN_OFFSET,
  FORMAT_VERSION_1_0,
  POISONED_FOOTER_COOKIE,
} from '../../../../src-shared/vhd/constants';
import { DISK_TYPE_CODES } from '../../../../src-shared/vhd/disk-type';
import { encodeLatin1 } from '../../../../src-shared/vhd/text';
import { formatTimestamp, VHD_EPOCH_UNIX_SECONDS } from '../../../../src-shared/vhd/timestamp';
import { NULL_UUID, parseUuid } from '../../../../src-shared/vhd/uuid';
import type { RepairOption, RepairRisk } from '../../../../src-shared/model/repair-plan';
import { sealFooter } from '../../format';
import { editFooters, soundFooters } from '../edit-structures';
import type { RepairContext, RepairRecipe } from '../recipe';
import { TYPE_CONTRADICTED } from './footer-type';

interface FooterEdit {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly risk: RepairRisk;
  readonly certain: boolean;
  readonly dependsOn?: readonly string[];
  /** Null where there is nothing (left) to do. */
  readonly change: (context: RepairContext) => ((bytes: Uint8Array) => void) | null;
}

function footerEdit({ code, change, dependsOn = [], ...words }: FooterEdit): RepairRecipe {
  return {
    codes: [code],
    dependsOn,
    offer: (context) => {
      if (soundFooters(context.metadata).length === 0) return null;
      const edit = change(context);
      if (!edit) return null;
      return {
        ...words,
        apply: async () => {
          await editFooters(context.file, context.metadata, edit);
        },
      };
    },
  };
}

const featuresOf = ({ metadata }: RepairContext): number =>
  metadata.active?.fields.features ?? FEATURE_RESERVED;
const setFeatures =
  (change: (features: number) => number) =>
  (bytes: Uint8Array): void =>
    writeU32(bytes, 8, change(readU32(bytes, 8)) >>> 0);

const diskType: RepairRecipe = {
  codes: ['disk-type-unknown'],
  offer: (context) => {
    const { metadata } = context;
    if (!metadata.active || metadata.type !== null || soundFooters(metadata).length === 0) return null;
    const { header } = metadata;
    const hasHeader = header?.cookieValid === true;
    const hasParent = hasHeader && header.fields.parentUniqueId !== NULL_UUID;
    const option = (name: 'fixed' | 'dynamic' | 'differencing', detail: string): RepairOption => ({
      name,
      title: `Make it a ${name} disk`,
      detail,
      risk: 'data',
    });
    const options = hasHeader
      ? [
          ...(hasParent ? [option('differencing', 'The dynamic disk header names a parent.')] : []),
          option(
            'dynamic',
            `The dynamic disk header names ${hasParent ? 'a parent, which would be ignored' : 'no parent'}.`,
          ),
        ]
      : [option('fixed', 'There is no dynamic disk header: the file would be the disk, byte for byte.')];
    return {
      title: 'Set the disk type',
      detail: 'The type decides how everything else in the file is read.',
      risk: 'data',
      certain: false,
      options,
      apply: async (name) => {
        const type = name === 'fixed' || name === 'differencing' ? name : 'dynamic';
        await editFooters(context.file, metadata, (bytes) => writeU32(bytes, 60, DISK_TYPE_CODES[type]));
      },
    };
  },
};

const timestampFuture: RepairRecipe = {
  codes: ['timestamp-future'],
  offer: (context) => {
    const { metadata, modifiedSeconds, file } = context;
    const stored = metadata.active?.fields.timestampSeconds;
    if (stored === undefined || soundFooters(metadata).length === 0) return null;
    const since1970 = stored - VHD_EPOCH_UNIX_SECONDS;
    const options: RepairOption[] = [];
    if (since1970 > 0 && since1970 <= modifiedSeconds)
      options.push({
        name: 'epoch',
        title: `Set it to ${formatTimestamp(since1970)}`,
        detail: 'The program counted from 1970 where the format counts from 2000.',
        risk: 'low',
      });
    options.push({
      name: 'file-time',
      title: `Set it to ${formatTimestamp(modifiedSeconds)}`,
      detail: 'The last modification of the file.',
      risk: 'low',
    });
    return {
      title: 'Set the creation time right',
      detail: 'Only the time in footer and copy changes.',
      risk: 'low',
      certain: false,
      options,
      apply: async (option) => {
        await editFooters(file, metadata, (bytes) =>
          writeU32(bytes, 24, option === 'epoch' ? since1970 : modifiedSeconds),
        );
      },
    };
  },
};

/** The mark stands in the cookie, so such a footer is not sound: it is edited for what it is. */
const poisoned: RepairRecipe = {
  codes: ['footer-poisoned'],
  offer: ({ file, metadata: { footer, footerCopy } }) => ({
    title: 'Take away the mark of Xen that disables the image',
    detail:
      '"v_poison" becomes "conectix" again. The image may be half changed by an interrupted resize of Xen.',
    risk: 'data',
    certain: false,
    apply: async () => {
      for (const one of [footer, footerCopy]) {
        if (one?.fields.cookie !== POISONED_FOOTER_COOKIE) continue;
        const bytes = Uint8Array.from(one.bytes);
        bytes.set(encodeLatin1(FOOTER_COOKIE), 0);
        await file.writeAt(sealFooter(bytes).subarray(0, one.lengthBytes), one.offset);
      }
    },
  }),
};

export const footerFieldRecipes: readonly RepairRecipe[] = [
  poisoned,
  diskType,
  footerEdit({
    code: 'file-format-version',
    title: 'Set the file format version to 1.0',
    detail: 'Right where everything else fits version 1.0, the only one there is.',
    risk: 'low',
    certain: false,
    change: () => (bytes) => writeU32(bytes, 12, FORMAT_VERSION_1_0),
  }),
  footerEdit({
    code: 'footer-data-offset',
    dependsOn: [TYPE_CONTRADICTED],
    title: 'Set the data offset of the footer right',
    detail: 'All ones for a fixed disk, else the place where the dynamic disk header stands.',
    risk: 'none',
    certain: true,
    change: ({ metadata: { type, header } }) => {
      if (type === 'fixed') return (bytes) => writeU64(bytes, 16, null);
      return header?.cookieValid ? (bytes) => writeU64(bytes, 16, header.offset) : null;
    },
  }),
  footerEdit({
    code: 'features-reserved-bit',
    title: 'Set the feature bit that must be set',
    detail: 'Bit 1 of the features is reserved and always 1.',
    risk: 'none',
    certain: true,
    change: (context) =>
      (featuresOf(context) & FEATURE_RESERVED) === 0
        ? setFeatures((value) => value | FEATURE_RESERVED)
        : null,
  }),
  footerEdit({
    code: 'features-unknown-bits',
    title: 'Clear the unknown feature bits',
    detail: 'Only two bits mean anything; the others must be zero.',
    risk: 'none',
    certain: true,
    change: () => setFeatures((value) => value & (FEATURE_RESERVED | FEATURE_TEMPORARY)),
  }),
  footerEdit({
    code: 'feature-temporary',
    title: 'Clear the mark that lets programs delete the disk',
    detail: 'Bit 0 of the features marks a temporary disk.',
    risk: 'low',
    certain: true,
    change: () => setFeatures((value) => value & ~FEATURE_TEMPORARY),
  }),
  footerEdit({
    code: 'unique-id-null',
    title: 'Give the image a unique id',
    detail: 'A new random id. Children that refer to the zeros would no longer find their parent by it.',
    risk: 'low',
    certain: true,
    change: ({ metadata: { active }, newUniqueId }) => {
      const id = parseUuid(newUniqueId());
      return active?.fields.uniqueId === NULL_UUID && id ? (bytes) => bytes.set(id, 68) : null;
    },
  }),
  footerEdit({
    code: 'saved-state',
    title: 'Clear the saved state flag',
    detail: 'Only when the suspended machine is gone for good: it relies on the disk as it is.',
    risk: 'data',
    certain: false,
    change: () => (bytes) => writeU8(bytes, 84, 0),
  }),
  footerEdit({
    code: 'footer-hidden',
    title: "Clear Xen's hidden flag",
    detail: 'Only when no Xen host uses this image any more.',
    risk: 'low',
    certain: false,
    change: () => (bytes) => writeU8(bytes, FOOTER_HIDDEN_OFFSET, 0),
  }),
  footerEdit({
    code: 'footer-reserved-bytes',
    title: 'Clear the reserved bytes of the footer',
    detail: 'They must be zero. The program that wrote them may want them back; undo has them.',
    risk: 'low',
    certain: false,
    change: () => (bytes) => bytes.fill(0, FOOTER_HIDDEN_OFFSET + 1),
  }),
  timestampFuture,
];
