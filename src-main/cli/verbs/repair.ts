import type { RepairPlan } from '../../../src-shared/model';
import { applyRepair, planRepair, type BackupRequest } from '../../engine';
import { usageError, type ParsedArguments } from '../arguments';
import { printRepairPlan } from '../text/repair';
import { listOption, pairsOption } from '../values';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, NO_LOCK_OPTION, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'repair',
    keepsUndo: true,
    usage: [
      'repair FILE [--apply] [--only CODE…] [--choose CODE=OPTION…] [--backup FILE | --save-metadata FILE]',
    ],
    about: [
      'What can be mended, with the bytes before and after, and what a check would say then. Without --apply nothing is changed.',
      'Every repair whose outcome is certain is selected. What could lose or change the content of the disk is done only when it is chosen. An applied repair is verified, and "platter undo" takes it back byte for byte.',
      'With --apply, exit 1 when errors are left afterwards (with --only, when one that it names is left).',
    ],
    operands: [{ name: 'FILE', required: true }],
    options: [
      { name: 'apply', text: 'Do it, under an exclusive lock and with an undo journal.' },
      { name: 'only', value: 'CODE', several: true, text: 'Only the repairs for these findings.' },
      {
        name: 'choose',
        value: 'CODE=OPTION',
        several: true,
        text: 'Choose among the options of a repair, and select it.',
      },
      { name: 'backup', value: 'FILE', text: 'With --apply: first copy the whole image to FILE.' },
      {
        name: 'save-metadata',
        value: 'FILE',
        text: 'With --apply: first save all metadata structures to FILE, a tar archive.',
      },
      { name: 'quick', text: 'Look at metadata only, not at blocks and bitmaps.' },
      { name: 'break-children', text: 'Go on although children stand on this image and would see it.' },
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter repair disk.vhd', says: 'The plan, and nothing else.' },
      { command: 'platter repair disk.vhd --apply', says: 'Carries it out.' },
      {
        command: 'platter repair disk.vhd --apply --only footer-checksum',
        says: 'Mends the footer checksum and nothing else.',
      },
    ],
  },
  async run(args, context) {
    const only = listOption(args, 'only');
    const pairs = pairsOption(args, 'choose', 'CODE=OPTION');
    const choose = Object.fromEntries(pairs);
    if (Object.keys(choose).length < pairs.length) throw usageError('--choose names one finding twice.');
    const options = {
      ...(only.length === 0 ? {} : { only }),
      ...(pairs.length === 0 ? {} : { choose }),
      deep: !args.flag('quick'),
      breakChildren: args.flag('break-children'),
      allowUnlocked: args.flag('no-lock'),
      signal: context.signal,
      onProgress: context.onProgress,
    };
    const path = args.operand(0);
    const isApply = args.flag('apply');
    const backup = backupOption(args);
    if (backup && !isApply) throw usageError('--backup and --save-metadata go with --apply.');
    const plan = isApply ? await applyRepair(path, { ...options, backup }) : await planRepair(path, options);
    context.printJson(plan);
    printRepairPlan(plan, context.out);
    if (backup && !plan.applied) context.warn('No backup was made, as nothing was changed.');
    if (isApply && !plan.applied && plan.plan.length > 0) {
      context.out.line();
      context.out.line('Nothing was changed: what is left needs a choice. Name one of the --choose above.');
    }
    return isApply && isWrongStill(plan, only) ? EXIT_ANSWER_IS_NO : EXIT_DONE;
  },
};

function backupOption(args: ParsedArguments): BackupRequest | undefined {
  const [copy, metadata] = [args.value('backup'), args.value('save-metadata')];
  if (copy !== undefined && metadata !== undefined)
    throw usageError('Give one of --backup and --save-metadata: a whole copy holds the metadata, too.');
  if (copy !== undefined) return { kind: 'copy', target: copy };
  return metadata === undefined ? undefined : { kind: 'metadata', target: metadata };
}

/** Whether what was asked for is not so: the image mended, or the findings that were named gone. */
function isWrongStill(plan: RepairPlan, only: readonly string[]): boolean {
  if (only.length > 0) return only.some((code) => plan.remaining.includes(code));
  return plan.predictedVerdict === 'errors';
}
