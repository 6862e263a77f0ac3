import { formatCount } from '../../../../src-shared/vhd/format-size';
import { parseFooter, type ParsedFooter } from '../../format';
import { footerFieldDraft } from '../build-finding';
import type { CheckContext } from '../context';
import type { Rule } from '../rule';

export const diskTypeContradicted: Rule = {
  code: 'disk-type-contradicted',
  severity: 'error',
  area: 'footer',
  level: 'quick',
  title: 'The footer says that the disk is fixed, its own copy at the start says otherwise',
  explanation:
    'The first sector holds a sound footer with the same unique id that names another disk type. A fixed disk has no copy of its footer, so the type at the end is most likely wrong: read as fixed, the structures of the image would show as content.',
  hint: 'Restore the footer from the copy, unless this is a fixed disk into which a copy of the same image was written.',
  source: 'spec: Hard Disk Footer Format, Disk Type; Dynamic Disk Header Format',
  repair: 'choice',
  run: (context) => {
    const copy = ownCopyInContent(context);
    const { footer } = context.metadata;
    if (!copy || !footer) return null;
    return footerFieldDraft(footer, 'diskType', {
      found: String(footer.fields.diskTypeCode),
      expected: String(copy.fields.diskTypeCode),
      detail: `The footer at byte ${formatCount(footer.offset)} says fixed, the sound footer at byte 0 with the same unique id says ${copy.type ?? 'another type'}.`,
    });
  },
};

/** A sound footer of another type in the first sector of a fixed disk that carries the disk's own unique id. */
export function ownCopyInContent({
  metadata: { type, footer },
  facts,
}: Pick<CheckContext, 'metadata' | 'facts'>): ParsedFooter | null {
  if (type !== 'fixed' || !footer || footer.offset === 0 || facts.firstSector.length < 512) return null;
  const first = parseFooter(facts.firstSector);
  const isOwn = first.cookieValid && first.checksum.valid && first.fields.uniqueId === footer.fields.uniqueId;
  return isOwn && first.type !== null && first.type !== 'fixed' ? first : null;
}
