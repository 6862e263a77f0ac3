/** A footer that says fixed at the end of an image that says otherwise at its start. */
import { ownCopyInContent } from '../../check/footer/disk-type-contradicted';
import { gatherFacts } from '../../check/image-facts';
import { FOOTER_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { readExact } from '../../io';
import type { RepairRecipe } from '../recipe';

/** What it decides comes before everything that is judged by the disk's type. */
export const TYPE_CONTRADICTED = 'disk-type-contradicted';

const typeContradicted: RepairRecipe = {
  codes: [TYPE_CONTRADICTED],
  offer: async ({ file, metadata }) => {
    const { footer } = metadata;
    const copy = ownCopyInContent({ metadata, facts: await gatherFacts(file, metadata) });
    if (!footer || !copy) return null;
    return {
      title: 'Restore the footer from its copy',
      detail: `The 512 bytes at the start of the file, a sound footer with the same unique id, are written over the footer; the disk is then ${copy.type ?? 'of another type'}.`,
      risk: 'data',
      certain: false,
      options: [
        {
          name: 'from-copy',
          title: 'Take the copy at the start',
          detail:
            'The guest then sees the disk that the copy describes, not the bytes of the file. Leave it if this is a fixed disk into which a copy of the same image was written.',
          risk: 'data',
        },
      ],
      apply: async () => {
        const bytes = await readExact(file, 0, FOOTER_SIZE_BYTES);
        await file.writeAt(bytes.subarray(0, footer.lengthBytes), footer.offset);
      },
    };
  },
};

export const footerTypeRecipes: readonly RepairRecipe[] = [typeContradicted];
