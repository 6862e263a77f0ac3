import type { RepairRecipe } from '../recipe';
import { batEntryRecipes, padRecipes } from './bat-entries';
import { batPlaceRecipes } from './bat-place';
import { batTableRecipes, surplusRecipes } from './bat-table';
import { bitmapRecipes } from './bitmaps';
import { batmapRecipes } from './batmap';
import { footerFieldRecipes } from './footer-fields';
import { footerFromCopyRecipes } from './footer-from-copy';
import { footerPlaceRecipes } from './footer-place';
import { footerTypeRecipes } from './footer-type';
import { headerFieldRecipes, headerRecipes } from './header';
import { locatorRecipes } from './locators';
import { normaliseRecipes } from './normalise';
import { overlapRecipes } from './overlap';
import { sizeRecipes } from './sizes';
import { tooSmall } from './table-too-small';

/**
 * Every recipe, in the order of application: what decides how the rest is read comes first, places before fields, and
 * what is only a matter of form last.
 */
export const RECIPES: readonly RepairRecipe[] = [
  ...footerFromCopyRecipes,
  ...footerTypeRecipes,
  ...headerRecipes,
  ...padRecipes,
  ...footerPlaceRecipes,
  ...footerFieldRecipes,
  ...headerFieldRecipes,
  ...sizeRecipes,
  ...batTableRecipes,
  tooSmall,
  ...batPlaceRecipes,
  ...batEntryRecipes,
  ...surplusRecipes,
  ...overlapRecipes,
  ...bitmapRecipes,
  ...batmapRecipes,
  ...locatorRecipes,
  ...normaliseRecipes,
];
