import { applyRepair, planRepair } from '../../engine';
import { usageError } from '../arguments';
import { printRepairPlan } from '../text/repair';
import { listOption, pairsOption } from '../values';
import { EXIT_DONE, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'repair',
    usage: ['repair FILE [--apply] [--only CODE…] [--choose CODE=OPTION…]'],
    about: [
      'What can be mended, with the bytes before and after, and what a check would say then. Without --apply nothing is changed.',
      'Every repair whose outcome is certain is selected. What could lose or change the content of the disk is done only when it is chosen. An applied repair is verified, and "platter undo" takes it back byte for byte.',
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
      { name: 'quick', text: 'Look at metadata only, not at blocks and bitmaps.' },
      { name: 'break-children', text: 'Go on although children stand on this image and would see it.' },
      { name: 'no-lock', text: 'Go on where the file system knows no locks.' },
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
    const plan = args.flag('apply') ? await applyRepair(path, options) : await planRepair(path, options);
    context.printJson(plan);
    printRepairPlan(plan, context.out);
    if (args.flag('apply') && !plan.applied && plan.plan.length > 0) {
      context.out.line();
      context.out.line('Nothing was changed: what is left needs a choice. Name one of the --choose above.');
    }
    return EXIT_DONE;
  },
};
