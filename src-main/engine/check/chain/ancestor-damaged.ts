import path from 'node:path';
import type { FindingDraft, Rule } from '../rule';

export const ancestorDamaged: Rule = {
  code: 'ancestor-damaged',
  severity: 'error',
  area: 'chain',
  level: 'chain',
  title: 'An ancestor is damaged',
  explanation:
    'What this image does not hold itself comes from its ancestors. One of them has errors of its own, so the content of this image cannot be trusted either.',
  hint: 'Check and repair the ancestor by itself.',
  source: 'Platter',
  repair: 'none',
  run: async (context) => {
    const drafts: FindingDraft[] = [];
    const { ancestors } = await context.chain();
    for (const [at, image] of ancestors.entries()) {
      if (image.type === null || image.type === 'raw') continue;
      const errors = (await context.findingsOf(image.path)).filter(({ severity }) => severity === 'error');
      const [first] = errors;
      if (!first) continue;
      drafts.push({
        where: { structure: 'chain', offset: 0, length: 0, index: at + 1 },
        count: errors.length,
        detail: `"${path.basename(image.path)}" has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}: ${errors
          .slice(0, 3)
          .map(({ title }) => title)
          .join('; ')}.`,
        evidence: errors.slice(0, 20).map(({ code }) => ({ field: 'code', found: code })),
      });
    }
    return drafts;
  },
};
