import { relinkImage } from '../../engine';
import { usageError } from '../arguments';
import { printResult } from '../text/result';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'relink',
    keepsUndo: true,
    usage: ['relink CHILD --parent FILE | --search DIR [--accept-mismatch]'],
    about: [
      'Gives a child its parent back: rewrites name, id, timestamp and locators. Refused where the ids differ, unless --accept-mismatch: with another parent the child shows other content. "platter undo" takes it back.',
    ],
    words: ['child', 'locator', 'unique id'],
    operands: [{ name: 'CHILD', required: true }],
    options: [
      { name: 'parent', value: 'FILE', text: 'The parent.' },
      { name: 'search', value: 'DIR', text: 'A folder in which, and below, it is looked for by its id.' },
      { name: 'accept-mismatch', text: 'Take it although its id is not the one the child names.' },
      { name: 'break-children', text: 'With a mismatch: go on although other images stand on the child.' },
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter relink child.vhd --parent ../base/disk.vhd', says: 'After the base was moved.' },
      { command: 'platter relink child.vhd --search /srv/vm', says: 'Finds the base by its unique id.' },
    ],
  },
  async run(args, context) {
    const [parent, searchFolder] = [args.value('parent'), args.value('search')];
    if ((parent === undefined) === (searchFolder === undefined)) {
      throw usageError('Give the parent with --parent FILE, or a folder to look in with --search DIR.');
    }
    const result = await relinkImage(
      {
        child: args.operand(0),
        parent,
        searchFolder,
        acceptMismatch: args.flag('accept-mismatch'),
        breakChildren: args.flag('break-children'),
        allowUnlocked: args.flag('no-lock'),
      },
      context,
    );
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};
