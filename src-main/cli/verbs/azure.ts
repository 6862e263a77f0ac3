import { makeAzureImage } from '../../engine';
import { READING_OPTIONS, readingOptions } from '../reading';
import { printResult } from '../text/result';
import { EXIT_DONE, type Verb } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'azure',
    usage: ['azure FILE OUT [OPTIONS]'],
    about: [
      'Makes an image that Azure accepts: fixed, a whole number of MiB from 20 MiB to 32 TiB with the footer behind it, and says what it changed. The source is only read.',
    ],
    operands: [
      { name: 'FILE', required: true },
      { name: 'OUT', required: true },
    ],
    options: [{ name: 'force', text: 'Replace an existing file.' }, ...READING_OPTIONS],
    examples: [{ command: 'platter azure disk.vhd upload.vhd', says: 'An image to upload.' }],
  },
  async run(args, context) {
    const source = { path: args.operand(0), ...(await readingOptions(args)) };
    const input = { source, target: args.operand(1), replace: args.flag('force') };
    const result = await makeAzureImage(input, context);
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};
