import { inspectPath } from '../../services/image/inspect';
import { interruptedInChain } from '../../services/look/interrupted';
import type { InspectableStructure } from '../../engine';
import { usageError } from '../arguments';
import { printInspection } from '../text/inspect';
import { countOption } from '../values';
import { EXIT_DONE, type Verb } from '../verb';

const STRUCTURES = ['footer', 'footerCopy', 'dynamicHeader', 'bat', 'sectorBitmap', 'parentLocator'] as const;
const INDEXED = ['bat', 'sectorBitmap', 'parentLocator'];

export const verb: Verb = {
  spec: {
    name: 'inspect',
    usage: ['inspect FILE [--structure S] [--index N]'],
    about: [
      'Every field of every structure: offset, raw bytes, decoded value, a verdict and its reason. Changes nothing.',
    ],
    words: ['BAT', 'footer', 'footer copy', 'dynamic disk header', 'sector bitmap', 'locator'],
    operands: [{ name: 'FILE', required: true }],
    options: [
      {
        name: 'structure',
        value: 'S',
        choices: STRUCTURES,
        text: 'footer, footerCopy, dynamicHeader, bat, sectorBitmap or parentLocator; all of them unless given.',
      },
      { name: 'index', value: 'N', text: 'Block, BAT entry or locator number.' },
    ],
    examples: [
      { command: 'platter inspect disk.vhd --structure footer', says: 'The footer, field by field.' },
      {
        command: 'platter inspect disk.vhd --structure sectorBitmap --index 7',
        says: 'Which sectors of block 7 are stored.',
      },
    ],
  },
  async run(args, context) {
    const structure = args.value('structure') as InspectableStructure | undefined;
    const index = countOption(args, 'index', 0, 0xffff_fffe);
    if (index !== undefined && (structure === undefined || !INDEXED.includes(structure))) {
      throw usageError('--index goes with --structure bat, sectorBitmap or parentLocator.');
    }
    const path = args.operand(0);
    const report = await inspectPath(path, { structure, index });
    const warnings = await interruptedInChain(path);
    for (const warning of warnings) context.warn(warning);
    context.printJson(warnings.length === 0 ? report : { ...report, warnings });
    printInspection(report, context.out);
    return EXIT_DONE;
  },
};
