import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRepair } from '../../../src-main/engine/repair';
import { checkImage } from '../../../src-main/engine/check';
import { buildVhd } from '../../support/vhd-builder';
import { useTempFolders } from '../../support/temp';
import { BAT_CASES } from './cases/bat-cases';
import { BLOCK_CASES } from './cases/block-cases';
import { FOOTER_CASES } from './cases/footer-cases';
import { HEADER_CASES } from './cases/header-cases';
import { LOCATOR_CASES } from './cases/locator-cases';
import { SIZE_CASES } from './cases/size-cases';
import type { RuleCase } from './rule-case';

const folder = useTempFolders();

describe('what a finding says of its repair is what the plan offers', () => {
  const cases: readonly RuleCase[] = [
    ...FOOTER_CASES,
    ...SIZE_CASES,
    ...HEADER_CASES,
    ...BAT_CASES,
    ...LOCATOR_CASES,
    ...BLOCK_CASES,
  ];
  it.each(cases.map((one) => [`${one.code}: ${one.name}`, one] as const))('%s', async (_name, one) => {
    const built = buildVhd(one.image);
    const file = built.writeTo(path.join(folder(), one.fileName ?? 'built.vhd'));
    const { findings } = await checkImage(file, { deep: true });
    const promised = findings.find(({ code }) => code === one.code)?.repair;
    const { plan } = await planRepair(file, { deep: true });
    const item = plan.find(({ code }) => code === one.code);
    const offered = item ? (item.selected ? 'automatic' : 'choice') : 'none';
    expect({ [one.code]: promised }).toEqual({ [one.code]: offered });
  });
});
