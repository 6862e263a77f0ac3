import { applyEdit, EDIT_FIELDS, planEdit } from '../../engine';
import { usageError } from '../arguments';
import { nearestName } from '../suggest';
import { printRepairPlan } from '../text/repair';
import { pairsOption } from '../values';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'edit',
    keepsUndo: true,
    usage: ['edit FILE --set FIELD=VALUE… [--dry-run]'],
    about: [
      'Sets metadata fields in footer, footer copy and dynamic disk header, checksums kept right. "platter undo" takes it back.',
    ],
    terms: { title: 'Fields', rows: EDIT_FIELDS.map(({ name, values }) => [name, values] as const) },
    words: ['CHS', 'original size', 'current size', 'saved state'],
    operands: [{ name: 'FILE', required: true }],
    options: [
      { name: 'set', value: 'FIELD=VALUE', several: true, text: 'A field and its new value.' },
      { name: 'dry-run', text: 'Show what would be written, and write nothing.' },
      { name: 'break-children', text: 'Go on although children stand on this image and would see it.' },
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter edit disk.vhd --set creator=win', says: 'Every reader takes the current size.' },
      {
        command: 'platter edit copy.vhd --set uniqueId=random timestamp=now',
        says: 'A copy becomes an image of its own.',
      },
    ],
  },
  async run(args, context) {
    const pairs = pairsOption(args, 'set', 'FIELD=VALUE');
    if (pairs.length === 0) throw usageError('platter edit needs --set FIELD=VALUE.');
    const names = EDIT_FIELDS.map((field) => field.name);
    const unknown = pairs.map(([name]) => name).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const meant = nearestName(unknown, names);
      throw usageError(
        `--set: there is no field "${unknown}".${meant === null ? '' : ` Did you mean "${meant}"?`}`,
        `The fields are ${names.join(', ')}.`,
      );
    }
    const set = Object.fromEntries(pairs);
    if (Object.keys(set).length < pairs.length) throw usageError('--set names one field twice.');
    const options = {
      set,
      breakChildren: args.flag('break-children'),
      allowUnlocked: args.flag('no-lock'),
      signal: context.signal,
      onProgress: context.onProgress,
    };
    const path = args.operand(0);
    const plan = args.flag('dry-run') ? await planEdit(path, options) : await applyEdit(path, options);
    context.printJson(plan);
    printRepairPlan(plan, context.out, 'edit');
    return EXIT_DONE;
  },
};
