/** A child's header whose checksum fails, where the image that its locators lead to has another id than it names. */
import path from 'node:path';
import { peekImage, resolveParent, type PeekedImage } from '../../chain';
import type { LocatedHeader } from '../../disk/metadata';
import { parseDynamicHeader, sealDynamicHeader } from '../../format';
import type { RepairContext, RepairOffer } from '../recipe';

const PARENT_ID_OFFSET = 40;
const FOOTER_ID_START = 68;
const FOOTER_ID_END = 84;

export function resealed(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(Buffer.from('cxsparse', 'latin1'), 0);
  return sealDynamicHeader(copy);
}

/** The image that locators or name lead to; null where none is there, or the header's id finds its image. */
export async function parentOfAnotherId({ file, mayOpen }: RepairContext): Promise<PeekedImage | null> {
  const child = await peekImage(file.path).catch(() => null);
  const resolution = child && (await resolveParent(child, { mayOpen }));
  return resolution?.identity === 'mismatch' ? resolution.parent : null;
}

/**
 * Either the parent's place was taken by another image, or the id in the header is what was damaged. Only where the
 * stored checksum fits with the id of that image, the second is proven.
 */
export function parentIdOffer(
  { file }: RepairContext,
  header: LocatedHeader,
  parent: PeekedImage,
): RepairOffer {
  const name = path.basename(parent.path);
  const withId = Uint8Array.from(header.bytes);
  const id = parent.metadata.active?.bytes.subarray(FOOTER_ID_START, FOOTER_ID_END);
  if (id) withId.set(id, PARENT_ID_OFFSET);
  const { checksum, cookieValid } = parseDynamicHeader(withId);
  if (checksum.valid && cookieValid) {
    return {
      title: 'Restore the parent id in the dynamic disk header',
      detail: `With the id of "${name}", to which the locators lead, the stored checksum fits again: nothing else is damaged.`,
      risk: 'none',
      certain: true,
      proven: true,
      apply: () => file.writeAt(withId, header.offset),
    };
  }
  const parentId = parent.metadata.active?.fields.uniqueId ?? '';
  return {
    title: 'Settle which parent the dynamic disk header names',
    detail: `The header names a parent with id ${header.fields.parentUniqueId}; "${name}", to which it leads, has id ${parentId}. A new checksum over the wrong id would make the damage lasting.`,
    risk: 'data',
    certain: false,
    options: [
      {
        name: 'take-parent',
        title: `Take the id of "${name}"`,
        detail: 'Right where the id in the header was damaged, and that image is the parent, unchanged.',
        risk: 'data',
      },
      {
        name: 'recompute',
        title: 'Keep the id that stands there',
        detail: 'Right where only the checksum was damaged, and the parent was moved or replaced.',
        risk: 'data',
      },
    ],
    assumptions: [`Whether "${name}" is the parent is not proven by anything in this image.`],
    apply: (option) => file.writeAt(resealed(option === 'recompute' ? header.bytes : withId), header.offset),
  };
}
