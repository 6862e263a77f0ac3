import type { InspectedStructure, StructureName } from '../../../src-shared/model';
import { t } from '../../i18n';

type Numbered = Pick<InspectedStructure, 'structure' | 'index'>;

/** A structure's name in the specification's words, with its number where there are several. */
export function structureTitle({ structure, index }: Numbered): string {
  const name = t(`inspect.structures.${structure satisfies StructureName}`);
  return index === undefined ? name : t('inspect.structureIndexed', { name, index });
}

/** Tells structures of one image apart, and finds the same one in another. */
export const keyOfStructure = ({ structure, index }: Numbered): string => `${structure}:${index ?? ''}`;
