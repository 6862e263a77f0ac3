import type { RepairRecipe } from '../recipe';
import { footerFieldRecipes } from './footer-fields';
import { footerFromCopyRecipes } from './footer-from-copy';
import { footerPlaceRecipes } from './footer-place';
import { headerFieldRecipes, headerRecipes } from './header';
import { sizeRecipes } from './sizes';

/**
 * Every recipe, in the order of application: what decides how the rest is read comes first, places before fields, and
 * what is only a matter of form last.
 */
export const RECIPES: readonly RepairRecipe[] = [
  ...footerFromCopyRecipes,
  ...headerRecipes,
  ...footerPlaceRecipes,
  ...footerFieldRecipes,
  ...headerFieldRecipes,
  ...sizeRecipes,
];
