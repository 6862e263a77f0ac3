import { FOOTER_FIELDS } from '../../../../src-shared/vhd/footer-fields';
import type { FieldSpec } from '../../../../src-shared/vhd/field-spec';
import type { LocatedFooter } from '../../disk/locate-footers';
import type { Evidence } from '../../../../src-shared/model/finding';
import { toHex } from '../../../../src-shared/vhd/text';
import type { Rule } from '../rule';

/** Fields that decide what the guest sees. */
const DECIDING = ['currentSize', 'diskType', 'dataOffset'];

export const footersDiffer: Rule = {
  code: 'footers-differ',
  severity: 'warning',
  severities: ['warning', 'error'],
  area: 'footer',
  level: 'quick',
  title: 'The footer and its copy are both valid but not equal',
  explanation:
    'The copy at the start must equal the footer at the end. Some programs read one, some the other, and some refuse the image.',
  hint: 'Decide which of the two is right; the footer at the end is the one the specification asks first.',
  source: 'spec: Dynamic Disk Header Format',
  repair: 'choice',
  run: ({ metadata: { footer, footerCopy } }) => {
    if (!footer || !footerCopy || !footer.checksum.valid || !footerCopy.checksum.valid) return null;
    const fields = differingFields(footer, footerCopy);
    if (fields.length === 0 || isHiddenOnly(fields)) return null;
    const isDeciding = fields.some(({ name }) => DECIDING.includes(name));
    return {
      severity: isDeciding ? 'error' : 'warning',
      where: { structure: 'footerCopy', offset: 0, length: 512 },
      examples: fields.map((field) => ({
        structure: 'footer',
        offset: footer.offset + field.offset,
        length: field.length,
      })),
      count: fields.length,
      detail: `They differ in ${fields.map(({ title }) => title.toLowerCase()).join(', ')}.${isDeciding ? ' Programs will disagree about the disk itself.' : ''}`,
      evidence: fields.map((field) => evidenceOf(field, footer, footerCopy)),
    };
  },
};

/** Fields in which two footers differ, the checksum left out: it follows from the others. */
export function differingFields(a: LocatedFooter, b: LocatedFooter): FieldSpec[] {
  const length = Math.min(a.lengthBytes, b.lengthBytes);
  return FOOTER_FIELDS.filter((field) => {
    if (field.name === 'checksum') return false;
    const end = Math.min(field.offset + field.length, length);
    for (let at = field.offset; at < end; at += 1) if (a.bytes[at] !== b.bytes[at]) return true;
    return false;
  });
}

export const isHiddenOnly = (fields: readonly FieldSpec[]): boolean =>
  fields.length === 1 && fields[0]?.name === 'hidden';

function evidenceOf(field: FieldSpec, footer: LocatedFooter, copy: LocatedFooter): Evidence {
  const slice = (bytes: Uint8Array): string =>
    toHex(bytes.subarray(field.offset, field.offset + Math.min(field.length, 32)));
  return { field: field.name, found: `copy ${slice(copy.bytes)}`, expected: `footer ${slice(footer.bytes)}` };
}
