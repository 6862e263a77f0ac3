import { snapshotImage } from '../../engine';
import { namedParents } from '../reading';
import { printResult } from '../text/result';
import { sizeOption } from '../values';
import { EXIT_DONE, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'snapshot',
    usage: ['snapshot FILE CHILD [--block-size SIZE]'],
    about: [
      'Makes a new, empty child of FILE that takes what is written from now on. FILE is not touched; from then on it must not change, or the child breaks.',
    ],
    words: ['child', 'block'],
    operands: [
      { name: 'FILE', required: true },
      { name: 'CHILD', required: true },
    ],
    options: [
      { name: 'block-size', value: 'SIZE', text: "Data bytes of a block; the parent's unless given." },
      { name: 'creator', value: 'TAG', text: 'Creator application; "win" unless given.' },
      { name: 'unique-id', value: 'ID', text: 'Unique id of the child; random unless given.' },
      {
        name: 'parent',
        value: 'FILE',
        several: true,
        text: 'Where a parent of FILE is, if it is not found by itself.',
      },
      { name: 'force', text: 'Replace an existing CHILD.' },
    ],
    examples: [{ command: 'platter snapshot disk.vhd monday.avhd', says: 'A child to go on with.' }],
  },
  async run(args, context) {
    const parent = { path: args.operand(0), ...(await namedParents(args.values('parent'))) };
    const result = await snapshotImage(
      {
        parent,
        path: args.operand(1),
        blockSizeBytes: sizeOption(args, 'block-size', context),
        creatorApplication: args.value('creator'),
        uniqueId: args.value('unique-id'),
        replace: args.flag('force'),
      },
      context,
    );
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};
