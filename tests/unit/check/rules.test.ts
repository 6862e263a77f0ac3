import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULE_CATALOGUE } from '../../../src-main/engine/check';
import { RULES } from '../../../src-main/engine/check/catalogue';
import { CHAIN_RULES } from '../../../src-main/engine/check/chain-rules';
import { DEEP_RULES } from '../../../src-main/engine/check/deep-rules';
import { QUICK_RULES } from '../../../src-main/engine/check/quick-rules';
import { BAT_CASES } from './cases/bat-cases';
import { BLOCK_CASES } from './cases/block-cases';
import { CONTENT_CASES, SOUND_CONTENT } from './cases/content-cases';
import { FOOTER_CASES } from './cases/footer-cases';
import { HEADER_CASES } from './cases/header-cases';
import { LOCATOR_CASES } from './cases/locator-cases';
import { SIZE_CASES } from './cases/size-cases';
import type { VhdKnobs } from '../../support/vhd-builder';
import { CHILD, checkBuilt, DYNAMIC, EMPTY, FIXED, MIB, type RuleCase } from './rule-case';
import { TESTED_CHAIN_CODES, TESTED_FILE_CODES } from './tested-codes';

const CASES: readonly RuleCase[] = [
  ...FOOTER_CASES,
  ...SIZE_CASES,
  ...HEADER_CASES,
  ...BAT_CASES,
  ...LOCATOR_CASES,
  ...BLOCK_CASES,
  ...CONTENT_CASES,
];

describe('a healthy image', () => {
  const healthy: Readonly<Record<string, VhdKnobs>> = {
    'fixed disk': FIXED,
    'dynamic disk': DYNAMIC,
    'empty dynamic disk': EMPTY,
    'differencing disk': CHILD,
    'dynamic disk with 4 KiB gaps, as Windows lays it out': {
      ...EMPTY,
      blocks: [
        { index: 3, data: 1, gapBytes: 4096 - 512 + 2048 },
        { index: 0, data: 1, gapBytes: 3584 },
      ],
      gapBeforeFooterBytes: 3584,
    },
    'dynamic disk of Xen with its batmap': {
      ...DYNAMIC,
      batmap: 'valid',
      footer: { creator: 'tap\0', creatorVersion: 0x10003, hostOs: '\0\0\0\0' },
    },
    'dynamic disk with zeros behind the last BAT entry': { ...DYNAMIC, batPadByte: 0 },
    'disk of VirtualBox whose size is no product of a geometry': {
      ...FIXED,
      sizeBytes: 5 * MIB,
      footer: { creator: 'vbox' },
    },
    ...SOUND_CONTENT,
  };
  for (const [name, image] of Object.entries(healthy)) {
    it(`has no finding at all: ${name}`, async () => {
      const report = await checkBuilt(image, { deep: true });
      expect(report.findings).toEqual([]);
      expect(report.verdict).toBe('clean');
    });
  }
});

describe.each(CASES.map((one) => [`${one.code}: ${one.name}`, one] as const))('%s', (_title, one) => {
  it('is found, with its place and evidence, and nothing else is', async () => {
    const { findings, verdict } = await checkBuilt(one.image, {
      deep: one.deep ?? false,
      ...(one.fileName === undefined ? {} : { fileName: one.fileName }),
    });
    expect([...new Set(findings.map(({ code }) => code))].sort()).toEqual(
      [one.code, ...(one.also ?? [])].sort(),
    );
    const rule = RULE_CATALOGUE.find(({ code }) => code === one.code);
    const finding = findings.find(({ code }) => code === one.code);
    expect(finding?.severity).toBe(one.severity ?? rule?.severity);
    if (one.repair) expect(finding?.repair).toBe(one.repair);
    if (one.cause) expect(finding?.likelyCause).toMatch(one.cause);
    if (one.count !== undefined) expect(finding?.count).toBe(one.count);
    if (one.field) expect(finding?.evidence?.map(({ field }) => field)).toContain(one.field);
    expect(finding?.detail).toMatch(/\S.*\.$/);
    const worst = findings.some(({ severity }) => severity === 'error')
      ? 'errors'
      : findings.some(({ severity }) => severity === 'warning')
        ? 'warnings'
        : 'clean';
    expect(verdict).toBe(worst);
  });

  it('is told with grouped numbers, and with words that fit one and many', async () => {
    const { findings, readers } = await checkBuilt(one.image, {
      deep: true,
      ...(one.fileName === undefined ? {} : { fileName: one.fileName }),
    });
    const sentences = [
      ...findings.flatMap(({ detail, likelyCause }) => [detail, likelyCause ?? '']),
      ...Object.values(readers).map(({ why }) => why),
    ];
    for (const sentence of sentences) {
      const words = sentence.replace(
        /"[^"]*"|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}|\d{4}-\d\d-\d\d|\d+(?:\/\d+){2}/g,
        '',
      );
      // years, issue numbers and whole units are not grouped; nothing of five digits is
      expect(words).not.toMatch(/\b\d{5,}\b(?! [KMGT]iB)|\b(?:bytes?|sectors?|blocks?|footer at) \d{4,}\b/i);
      expect(words).not.toMatch(/\b1 (?:bytes|sectors|blocks|bits|entries|stretches)\b(?!,\d)/);
      expect(words).not.toMatch(
        /^(?:Block [\d,]+|1 (?:block|bit|sector)(?: in [\d,]+ \w+)?) (?:are|begin|lie|reach|share|stand)\b/,
      );
    }
  });
});

describe('the catalogue', () => {
  it('has a test for every rule', () => {
    const tested = new Set([...CASES.map(({ code }) => code), ...TESTED_CHAIN_CODES, ...TESTED_FILE_CODES]);
    expect(RULE_CATALOGUE.map(({ code }) => code).filter((code) => !tested.has(code))).toEqual([]);
  });

  it('has no code twice, and words for everything a person reads', () => {
    const codes = RULE_CATALOGUE.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const rule of RULE_CATALOGUE) {
      expect(rule.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const words of [rule.explanation, rule.hint]) expect(words).toMatch(/^\S.*\.$/s);
      expect(rule.title).toMatch(/\S/);
      expect(rule.source).not.toMatch(/K:|K§/);
    }
  });

  it('has each rule in the list of its level, which is loaded only when that is asked for', () => {
    expect(new Set(QUICK_RULES.map(({ level }) => level))).toEqual(new Set(['quick']));
    expect(new Set(DEEP_RULES.map(({ level }) => level))).toEqual(new Set(['deep']));
    expect(new Set(CHAIN_RULES.map(({ level }) => level))).toEqual(new Set(['chain']));
  });

  it('has one file for each rule, named after its code', () => {
    const folder = path.resolve(import.meta.dirname, '../../../src-main/engine/check');
    for (const { code, area } of RULES) {
      const places = [area, 'bat', 'file', 'size'].map((one) => path.join(folder, one, `${code}.ts`));
      expect(
        places.some((place) => fs.existsSync(place)),
        code,
      ).toBe(true);
    }
  });
});
