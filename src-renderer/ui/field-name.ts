import type { FieldChange } from '../../src-shared/model';
import { DYNAMIC_HEADER_FIELDS } from '../../src-shared/vhd/dynamic-header-fields';
import { FOOTER_FIELDS } from '../../src-shared/vhd/footer-fields';
import { hasMessage, t } from '../i18n';

/** A changed field in the specification's words: the structure's name and the field's. */
export function fieldName({ structure, field }: Pick<FieldChange, 'structure' | 'field'>): string {
  const key = `inspect.structures.${structure}`;
  const fields = structure === 'dynamicHeader' ? DYNAMIC_HEADER_FIELDS : FOOTER_FIELDS;
  const title = structure === 'bat' ? field : (fields.find(({ name }) => name === field)?.title ?? field);
  return `${hasMessage(key) ? t(key) : structure} · ${title}`;
}
