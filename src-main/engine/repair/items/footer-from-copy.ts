/** Footer and copy that fail their checksum or cookie: each is mended from the other where that one is sound. */
import { FOOTER_COOKIE, POISONED_FOOTER_COOKIE } from '../../../../src-shared/vhd/constants';
import { encodeLatin1 } from '../../../../src-shared/vhd/text';
import { cookieAloneIsWrong } from '../../check/footer/footer-cookie';
import type { LocatedFooter } from '../../disk/locate-footers';
import { sealFooter } from '../../format';
import type { RandomAccessFile } from '../../io';
import type { RepairContext, RepairOffer, RepairRecipe } from '../recipe';

const isSound = (footer: LocatedFooter | null): footer is LocatedFooter =>
  footer !== null && footer.cookieValid && footer.checksum.valid;

const NAMES = { footer: 'the footer', footerCopy: 'the footer copy' } as const;

interface Pair {
  readonly damaged: LocatedFooter | null;
  readonly other: LocatedFooter | null;
}

const pairOf = ({ metadata }: RepairContext, damaged: 'footer' | 'footerCopy'): Pair =>
  damaged === 'footer'
    ? { damaged: metadata.footer, other: metadata.footerCopy }
    : { damaged: metadata.footerCopy, other: metadata.footer };

async function overwrite(file: RandomAccessFile, target: LocatedFooter, bytes: Uint8Array): Promise<void> {
  await file.writeAt(bytes.subarray(0, target.lengthBytes), target.offset);
}

function fromOther({ file }: RepairContext, damaged: LocatedFooter, other: LocatedFooter): RepairOffer {
  const names = [NAMES[damaged.structure], NAMES[other.structure]] as const;
  const recompute = Uint8Array.from(damaged.bytes);
  return {
    title: `Restore ${names[0]} from ${names[1]}`,
    detail: `The 512 bytes of ${names[1]}, which is sound, are written over ${names[0]}.`,
    risk: 'none',
    certain: true,
    options: [
      {
        name: 'from-other',
        title: `Take ${names[1]}`,
        detail: 'Both are then equal, as the specification asks.',
        risk: 'none',
      },
      {
        name: 'recompute',
        title: 'Keep the fields, write the checksum that fits',
        detail: 'Only if you know that a field was changed on purpose and its checksum forgotten.',
        risk: 'low',
      },
    ],
    apply: async (option) => {
      if (option === 'recompute') {
        recompute.set(encodeLatin1(FOOTER_COOKIE), 0);
        await overwrite(file, damaged, sealFooter(recompute));
      } else await overwrite(file, damaged, other.bytes);
    },
  };
}

function checksumRecipe(code: string, structure: 'footer' | 'footerCopy'): RepairRecipe {
  return {
    codes: [code],
    offer: (context) => {
      const { damaged, other } = pairOf(context, structure);
      if (!damaged || damaged.checksum.valid) return null;
      if (isSound(other)) return fromOther(context, damaged, other);
      return {
        title: `Recompute the checksum of ${NAMES[structure]}`,
        detail: 'All its fields stay as they are; only the four bytes of the checksum are written.',
        risk: 'none',
        certain: true,
        options: [
          {
            name: 'recompute',
            title: 'Recompute the checksum',
            detail: 'Right where nothing but the checksum is wrong. There is no sound copy to compare with.',
            risk: 'low',
          },
        ],
        assumptions: [
          'Every field but the checksum is as it was meant to be; they fit the rest of the file.',
        ],
        apply: () => overwrite(context.file, damaged, sealFooter(Uint8Array.from(damaged.bytes))),
      };
    },
  };
}

function cookieRecipe(code: string, structure: 'footer' | 'footerCopy'): RepairRecipe {
  return {
    codes: [code],
    offer: (context) => {
      const { damaged, other } = pairOf(context, structure);
      if (!damaged || damaged.cookieValid || damaged.fields.cookie === POISONED_FOOTER_COOKIE) return null;
      if (isSound(other)) return fromOther(context, damaged, other);
      return {
        title: `Put the cookie of ${NAMES[structure]} back`,
        detail: 'The first eight bytes become "conectix" again.',
        risk: 'none',
        certain: cookieAloneIsWrong(damaged),
        assumptions: ['With the right cookie the stored checksum fits, so nothing else is damaged.'],
        apply: () => overwrite(context.file, damaged, withCookie(damaged)),
      };
    },
  };
}

/** The checksum is written anew only where it covered the wrong cookie; else it is the witness and stays. */
function withCookie(footer: LocatedFooter): Uint8Array {
  const bytes = Uint8Array.from(footer.bytes);
  bytes.set(encodeLatin1(FOOTER_COOKIE), 0);
  return footer.checksum.valid ? sealFooter(bytes) : bytes;
}

const footersDiffer: RepairRecipe = {
  codes: ['footers-differ'],
  offer: ({ file, metadata: { footer, footerCopy } }) => {
    if (!isSound(footer) || !isSound(footerCopy)) return null;
    const sizes = [footer, footerCopy].map((one) => one.fields.currentSizeBytes);
    const risk = sizes[0] === sizes[1] && footer.type === footerCopy.type ? 'low' : 'data';
    return {
      title: 'Make footer and copy equal',
      detail: 'Both are sound and differ; only you can say which one is meant.',
      risk,
      certain: false,
      options: [
        {
          name: 'keep-footer',
          title: 'Keep the footer at the end',
          detail: 'The specification asks it first. Programs that read the copy (QEMU) will see the change.',
          risk,
        },
        {
          name: 'keep-copy',
          title: 'Keep the copy at the start',
          detail: 'What QEMU reads stays; programs that read the end will see the change.',
          risk,
        },
      ],
      apply: (option) =>
        option === 'keep-copy'
          ? overwrite(file, footer, footerCopy.bytes)
          : overwrite(file, footerCopy, footer.bytes),
    };
  },
};

const footersDifferHidden: RepairRecipe = {
  codes: ['footers-differ-hidden'],
  offer: ({ file, metadata: { footer, footerCopy } }) =>
    isSound(footer) && isSound(footerCopy)
      ? {
          title: 'Give the copy the hidden flag of the footer',
          detail: 'Everything else in them is equal.',
          risk: 'none',
          certain: true,
          apply: () => overwrite(file, footerCopy, footer.bytes),
        }
      : null,
};

export const footerFromCopyRecipes: readonly RepairRecipe[] = [
  // cookies first: with the right one a stored checksum may fit again
  cookieRecipe('footer-cookie', 'footer'),
  cookieRecipe('footer-copy-cookie', 'footerCopy'),
  checksumRecipe('footer-checksum', 'footer'),
  checksumRecipe('footer-copy-checksum', 'footerCopy'),
  footersDiffer,
  footersDifferHidden,
];
