import type { ByteChange, RepairItem, RepairPlan } from '../../../src-shared/model';
import { formatBytes, formatCount, formatSizeBoth } from '../../../src-shared/vhd/format-size';
import type { TextOutput } from './output';
import { quoteForShell } from './result';

/** Bytes of a change that are shown; `--json` has more. */
const HEX_SHOWN = 32;
const CHANGES_SHOWN = 8;
const FIELDS_SHOWN = 8;

const RISK_WORDS: Readonly<Record<RepairItem['risk'], string>> = {
  none: 'none, metadata only',
  low: 'low, other images or tools may see the change',
  data: 'content of the disk may change or be lost',
};

const VERDICT_WORDS = { clean: 'clean', warnings: 'warnings only', errors: 'errors' } as const;

/** What would be done, item by item, with the bytes before and after. */
export function printRepairPlan(plan: RepairPlan, out: TextOutput, verb: 'repair' | 'edit' = 'repair'): void {
  const { style } = out;
  out.line(style.strong(plan.path));
  if (plan.plan.length === 0) {
    out.line(
      plan.currentVerdict === 'clean'
        ? '  Nothing to repair.'
        : '  Nothing of what was found can be repaired. "platter rescue" builds a new image from what can be found.',
    );
  }
  for (const item of plan.plan) printItem(item, out);
  out.line();
  out.facts([
    ['Now', VERDICT_WORDS[plan.currentVerdict]],
    [plan.applied ? 'Afterwards' : 'Predicted', VERDICT_WORDS[plan.predictedVerdict]],
    ['Stays', plan.remaining.length === 0 ? null : plan.remaining.join(', ')],
    [
      'File size',
      plan.fileSizeBeforeBytes === plan.fileSizeAfterBytes
        ? null
        : `${formatSizeBoth(plan.fileSizeBeforeBytes)} -> ${formatSizeBoth(plan.fileSizeAfterBytes)}`,
    ],
    ['Journal', plan.journal],
    [plan.backup?.kind === 'metadata' ? 'Metadata' : 'Copy', plan.backup?.path ?? null],
  ]);
  if (plan.applied) {
    out.line();
    out.line(
      `${style.good(verb === 'edit' ? 'Changed.' : 'Repaired.')} To take it back: platter undo ${quoteForShell(plan.path)}`,
    );
  } else if (plan.plan.some((item) => item.selected)) {
    out.line();
    out.line(`Nothing was changed. To do it: ${verb === 'edit' ? 'leave out --dry-run' : 'add --apply'}.`);
  }
}

function printItem(item: RepairItem, out: TextOutput): void {
  const { style } = out;
  const mark = item.selected ? style.good('[x]') : '[ ]';
  out.line();
  out.line(`  ${mark} ${style.strong(item.title)}  ${style.faint(item.code)}`);
  out.paragraph(item.detail, 6);
  out.paragraph(`${style.faint('Risk:')} ${RISK_WORDS[item.risk]}`, 6);
  for (const assumption of item.assumptions) out.paragraph(`${style.faint('Assumed:')} ${assumption}`, 6);
  if (item.alsoAnswers) out.line(`      ${style.faint('Answers:')} ${item.alsoAnswers.join(', ')} as well`);
  if (item.dependsOn.length > 0) out.line(`      ${style.faint('After:')} ${item.dependsOn.join(', ')}`);
  for (const option of item.options) {
    const chosen = option.name === item.chosen ? style.good(' (chosen)') : '';
    out.paragraph(
      `--choose ${item.code}=${option.name}${chosen}: ${option.title}. ${option.detail} ${style.faint(`Risk: ${RISK_WORDS[option.risk]}.`)}`,
      10,
      6,
    );
  }
  for (const change of item.changes.slice(0, CHANGES_SHOWN)) printChange(change, out);
  if (item.changes.length > CHANGES_SHOWN) {
    out.line(
      `      and ${formatCount(item.changes.length - CHANGES_SHOWN)} more places (all of them with --json)`,
    );
  }
}

function printChange(change: ByteChange, out: TextOutput): void {
  const { style } = out;
  out.line(
    `      ${style.faint(`at byte ${formatCount(change.offset)}, ${formatBytes(change.lengthBytes)}`)}`,
  );
  const fields = change.fields ?? [];
  for (const { structure, field, before, after } of fields.slice(0, FIELDS_SHOWN)) {
    out.line(`        ${structure} ${field}: ${before} -> ${after}`);
  }
  if (fields.length > FIELDS_SHOWN) out.line(`        and ${fields.length - FIELDS_SHOWN} more fields`);
  const before = Buffer.from(change.before, 'hex');
  const after = Buffer.from(change.after, 'hex');
  let start = 0;
  // What stays the same at the front, or is written over nothing with zeros, says nothing.
  while (start < after.length && (before[start] ?? 0) === after[start]) start += 1;
  start = Math.max(0, Math.min(start, Math.max(before.length, after.length) - 1));
  start -= start % 4;
  const from = start === 0 ? '' : style.faint(`+${start}: `);
  out.line(`        ${style.bad('-')} ${from}${hexOf(before, start)}`);
  out.line(`        ${style.good('+')} ${from}${hexOf(after, start)}`);
}

function hexOf(bytes: Buffer, start: number): string {
  if (bytes.length === 0) return '(none)';
  const shown = bytes.subarray(start, start + HEX_SHOWN);
  const hex = shown.toString('hex').replace(/(.{8})(?=.)/g, '$1 ');
  return start + HEX_SHOWN < bytes.length ? `${hex} …` : hex;
}
