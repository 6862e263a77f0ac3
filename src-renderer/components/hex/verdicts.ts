import type { FieldVerdict, Finding, InspectedField, InspectedStructure } from '../../../src-shared/model';
import type { Tone } from '../../ui';

/** How a verdict looks that no finding is behind; its word is `inspect.verdicts.<verdict>`, in the tree as in the explanation. */
const VERDICT_TONES: Readonly<Record<FieldVerdict, Tone>> = {
  right: 'ok',
  wrong: 'error',
  unusual: 'note',
  unused: 'neutral',
};

/** Tells how bad a field is: as bad as the check says of the same thing. */
export type ToneOf = (field: InspectedField) => Tone;

/** A field's reason is the detail of the finding behind it, whose severity counts. */
export function tonesBy(findings: readonly Finding[]): ToneOf {
  const severities = new Map(findings.map(({ detail, severity }) => [detail, severity]));
  return ({ verdict, reason }) => {
    const isJudged = verdict === 'wrong' || verdict === 'unusual';
    return (isJudged && severities.get(reason)) || VERDICT_TONES[verdict];
  };
}

const RANKS: readonly Tone[] = ['error', 'warning', 'note'];

/** The field that is worst, where any is wrong or unusual. */
export function worstField({ fields }: InspectedStructure, toneOf: ToneOf): InspectedField | null {
  const judged = fields.filter(({ verdict }) => verdict === 'wrong' || verdict === 'unusual');
  const rank = (field: InspectedField): number => RANKS.indexOf(toneOf(field));
  return judged.reduce<InspectedField | null>(
    (worst, field) => (worst && rank(worst) <= rank(field) ? worst : field),
    null,
  );
}
