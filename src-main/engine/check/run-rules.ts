import { AppError, asAppError } from '../../../src-shared/errors';
import type { Finding } from '../../../src-shared/model/finding';
import { scanBlocks } from './block-scan';
import { buildFinding, toDraftList } from './build-finding';
import { linkConsequences } from './consequences';
import type { CheckContext } from './context';
import type { BlockVisitor, Drafts, Rule, RuleFacts } from './rule';

/** What a rule that fails leaves behind: the check goes on. */
export const RULE_FAILED: RuleFacts = {
  code: 'check-rule-failed',
  severity: 'warning',
  area: 'file',
  level: 'quick',
  title: 'One rule of the check could not be carried out',
  explanation:
    'A rule met something it was not made for. All other rules ran; this one says nothing either way.',
  hint: 'This is a bug in Platter; please report it with the report of this check.',
  source: 'Platter',
  repair: 'none',
};

/**
 * Runs rules one after another; deep rules share one pass over the blocks. A rule that throws becomes a finding.
 * @throws AppError of kind `system` (the file cannot be read on) and `cancelled`.
 */
export async function runRules(context: CheckContext, rules: readonly Rule[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const collect = async (rule: Rule, produce: () => Drafts | Promise<Drafts>): Promise<void> => {
    try {
      for (const draft of toDraftList(await produce())) findings.push(buildFinding(rule, draft));
    } catch (error) {
      findings.push(failureOf(rule, error));
    }
  };
  for (const rule of rules) {
    requireNotCancelled(context);
    const { run } = rule;
    if (run) await collect(rule, () => run(context));
  }
  const started = rules.flatMap((rule) => startVisitor(rule, context, findings));
  await scanBlocks(
    context,
    started.map(({ visitor }) => visitor),
  );
  for (const { rule, visitor } of started) await collect(rule, () => visitor.finish());
  const areas = new Map(rules.map(({ code, area }) => [code, area]));
  return linkConsequences(context, sortFindings(findings), (code) => areas.get(code));
}

interface StartedVisitor {
  readonly rule: Rule;
  readonly visitor: BlockVisitor;
}

/** A visitor that throws is taken out of the pass and reported; the others go on. */
function startVisitor(rule: Rule, context: CheckContext, findings: Finding[]): StartedVisitor[] {
  if (!rule.startBlocks) return [];
  let failed = false;
  const guard = (step: () => void): void => {
    if (failed) return;
    try {
      step();
    } catch (error) {
      failed = true;
      findings.push(failureOf(rule, error));
    }
  };
  let inner: BlockVisitor | null = null;
  guard(() => {
    inner = rule.startBlocks?.(context) ?? null;
  });
  const visitor = inner as BlockVisitor | null;
  if (visitor === null) return [];
  return [
    {
      rule,
      visitor: {
        visit: (scan) => {
          guard(() => {
            visitor.visit(scan);
          });
        },
        finish: () => (failed ? null : visitor.finish()),
      },
    },
  ];
}

function failureOf(rule: Rule, error: unknown): Finding {
  const appError = asAppError(error);
  if (appError.kind === 'system' || appError.kind === 'cancelled') throw appError;
  return buildFinding(RULE_FAILED, {
    detail: `The rule "${rule.code}" failed: ${appError.message}`,
    where: null,
    evidence: [{ field: 'rule', found: rule.code }],
  });
}

function requireNotCancelled({ environment }: CheckContext): void {
  if (environment.signal?.aborted) throw new AppError('cancelled', 'The check was cancelled.');
}

const SEVERITY_ORDER = { error: 0, warning: 1, note: 2 } as const;

/** Worst first, then by place in the file; the order of the catalogue otherwise. */
function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings
    .map((finding, position) => ({ finding, position }))
    .sort(
      (a, b) =>
        SEVERITY_ORDER[a.finding.severity] - SEVERITY_ORDER[b.finding.severity] ||
        (a.finding.where?.offset ?? Infinity) - (b.finding.where?.offset ?? Infinity) ||
        a.position - b.position,
    )
    .map(({ finding }) => finding);
}
