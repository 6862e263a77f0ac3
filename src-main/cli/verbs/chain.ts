import { chainReport, interruptedWarnings } from '../../engine';
import { PARENT_OPTION, namedParents } from '../reading';
import { printChain } from '../text/chain';
import { EXIT_DONE, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'chain',
    usage: ['chain FILE|DIR [--recursive]'],
    about: [
      'The image and its parents up to the base, or every image of a folder with its parent: ids, paths, how each parent was found, and what is wrong with an edge. "depth" counts ancestors; a base has 0.',
    ],
    words: ['chain', 'locator', 'unique id'],
    operands: [{ name: 'FILE|DIR', required: true }],
    options: [{ name: 'recursive', text: 'For a folder: the folders in it, too.' }, PARENT_OPTION],
    examples: [
      { command: 'platter chain child.vhd', says: 'From the child to its base.' },
      { command: 'platter chain /srv/vm --recursive --json', says: 'Every chain below a folder.' },
    ],
  },
  async run(args, context) {
    const parents = await namedParents(args.values('parent'));
    const options = { ...parents, recursive: args.flag('recursive') };
    const report = await chainReport(args.operand(0), options, context);
    for (const warning of await interruptedWarnings(report.images)) context.warn(warning);
    context.printJson(report);
    printChain(report, context.out);
    return EXIT_DONE;
  },
};
