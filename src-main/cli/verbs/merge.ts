import { mergeImage } from '../../engine';
import { usageError } from '../arguments';
import { PARENT_OPTION, namedParents } from '../reading';
import { printResult } from '../text/result';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'merge',
    usage: ['merge CHILD [--into-parent | --output OUT] [--down-to ANCESTOR] [OPTIONS]'],
    about: [
      'Merges a child into its parent, or both into a new file, exact to the bit of the sector bitmaps, and compares the result with what the child showed before.',
      'Into the parent (the default): the parent keeps its id and the child stays, redundant now, unless --delete-child. Where other children stand on the parent it is refused with their names; with --break-children the parent gets a new id, so that they fail loudly.',
      'A finished merge into the parent cannot be undone: merge into a new file (--output) to keep both as they are. One that was interrupted goes on when it is run again; until then neither the child nor the parent can be changed.',
      'The new file gets the size of the child. A parent keeps its size: where it is smaller, or holds data behind the end of the child, it is refused.',
    ],
    words: ['child', 'sector bitmap'],
    operands: [{ name: 'CHILD', required: true }],
    options: [
      { name: 'into-parent', text: 'Into the parent, where it lies (the default).' },
      {
        name: 'output',
        short: 'o',
        value: 'OUT',
        text: 'Into a new file; parent and child stay as they are.',
      },
      {
        name: 'down-to',
        value: 'ANCESTOR',
        text: 'The ancestor with which everything down from the child is merged; the parent unless given.',
      },
      { name: 'delete-child', text: 'Remove the merged images once the parent is verified.' },
      { name: 'break-children', text: 'Go on although other children stand on the parent.' },
      PARENT_OPTION,
      { name: 'force', text: 'Replace an existing OUT.' },
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter merge child.vhd --into-parent', says: 'Commits the child to its parent.' },
      {
        command: 'platter merge leaf.vhd --output flat.vhd --down-to base.vhd',
        says: 'A chain as one new image.',
      },
    ],
  },
  async run(args, context) {
    const target = args.value('output');
    if (target !== undefined && args.flag('into-parent')) {
      throw usageError('Give --into-parent or --output OUT, not both.');
    }
    if (target === undefined && args.flag('force')) {
      throw usageError('--force has a meaning only with --output.');
    }
    const child = { path: args.operand(0), ...(await namedParents(args.values('parent'))) };
    const result = await mergeImage(
      {
        child,
        target,
        downTo: args.value('down-to'),
        deleteChild: args.flag('delete-child'),
        breakChildren: args.flag('break-children'),
        allowUnlocked: args.flag('no-lock'),
        replace: args.flag('force'),
      },
      context,
    );
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};
