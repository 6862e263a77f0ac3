import { expect, it } from 'vitest';
import { RULE_CATALOGUE } from '../../../src-main/engine/check';
import { RECIPES } from '../../../src-main/engine/repair/items';
import { SIZE_BY_CREATOR } from '../../../src-main/engine/repair/items/normalise';

it('promises a repair only where the repair has a recipe for the code', () => {
  const repairable = new Set(RECIPES.flatMap(({ codes }) => codes));
  const promised = RULE_CATALOGUE.filter(({ repair }) => repair !== 'none').map(({ code }) => code);
  expect(promised.filter((code) => !repairable.has(code))).toEqual([]);
});

it('has a rule for every code that the repair answers, but for what is offered on sound images', () => {
  const codes = new Set([...RULE_CATALOGUE.map(({ code }) => code), SIZE_BY_CREATOR]);
  expect(RECIPES.flatMap((recipe) => recipe.codes).filter((code) => !codes.has(code))).toEqual([]);
});
