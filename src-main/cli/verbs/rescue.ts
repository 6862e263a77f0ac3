import { rescueImage } from '../../engine';
import { printResult } from '../text/result';
import type { Paint } from '../text/style';
import { EXIT_DONE, type Verb, type VerbContext } from '../verb';

const VERIFIED = 'yes: every byte that was copied reads back, and the new image passes a check';

export const verb: Verb = {
  spec: {
    name: 'rescue',
    usage: ['rescue FILE OUT [--force]'],
    about: [
      'Rebuilds what can be found from an image whose footers, header or BAT are gone, always into a new file, and lists what is certain, likely and lost. FILE is only read.',
      'Try "platter repair" first: what can be mended in place is mended better.',
    ],
    words: ['BAT', 'footer', 'sector bitmap'],
    operands: [
      { name: 'FILE', required: true },
      { name: 'OUT', required: true },
    ],
    options: [{ name: 'force', text: 'Replace an existing OUT.' }],
    examples: [{ command: 'platter rescue broken.vhd saved.vhd', says: 'Saves what can be found.' }],
  },
  async run(args, context) {
    const { signal, onProgress } = context;
    const result = await rescueImage(args.operand(0), args.operand(1), {
      signal,
      onProgress,
      replace: args.flag('force'),
    });
    context.printJson(result);
    // What is lost has a list of its own here.
    const warnings = result.warnings.filter((warning) => !result.lost.includes(warning));
    printResult({ ...result, warnings }, context, VERIFIED);
    const { style } = context;
    printSentences('Certain', result.certain, style.good, context);
    printSentences('Likely', result.likely, style.warning, context);
    printSentences('Guessed', result.guessed, style.warning, context);
    printSentences('Lost', result.lost, style.bad, context);
    return EXIT_DONE;
  },
};

function printSentences(
  title: string,
  sentences: readonly string[],
  paint: Paint,
  { out }: VerbContext,
): void {
  if (sentences.length === 0) return;
  out.line();
  out.line(paint(title));
  for (const sentence of sentences) out.paragraph(`- ${sentence}`, 4, 2);
}
