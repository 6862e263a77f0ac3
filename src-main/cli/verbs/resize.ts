import { resizeImage } from '../../engine';
import { PARENT_OPTION, namedParents } from '../reading';
import { printResult } from '../text/result';
import { readSizeAloud } from '../values';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'resize',
    keepsUndo: true,
    usage: ['resize FILE SIZE [--shrink] [OPTIONS]'],
    about: [
      'Gives the disk another virtual size, in place. It grows without moving what it holds. It shrinks only with --shrink, and only where neither data nor a partition nor a GPT lies beyond the new end; what is in the way is named.',
      '"platter undo" takes it back, and a crash in the middle can be rolled back. File systems inside have to be resized with their own tools.',
    ],
    words: ['BAT'],
    operands: [
      { name: 'FILE', required: true },
      { name: 'SIZE', required: true },
    ],
    options: [
      { name: 'shrink', text: 'Allow a smaller size.' },
      {
        name: 'verify',
        value: 'HOW',
        choices: ['content', 'none'],
        text: 'content (default) reads the disk before and after and compares; none does not.',
      },
      { name: 'break-children', text: 'Go on although children stand on this image.' },
      PARENT_OPTION,
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter resize disk.vhd 80G', says: 'Grows the disk to 80 GiB.' },
      { command: 'platter resize disk.vhd 20G --shrink', says: 'Shrinks it, if nothing is in the way.' },
    ],
  },
  async run(args, context) {
    const { bytes: sizeBytes } = readSizeAloud(args.operand(1), 'SIZE', context);
    const image = { path: args.operand(0), ...(await namedParents(args.values('parent'))) };
    const flags = {
      shrink: args.flag('shrink'),
      breakChildren: args.flag('break-children'),
      verify: args.value('verify') as 'content' | 'none' | undefined,
      allowUnlocked: args.flag('no-lock'),
    };
    const result = await resizeImage({ image, sizeBytes, ...flags }, context);
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};
