import { identityOfFile, NodeFile, writeGuest, type FileIdentity } from '../../engine';
import { usageError } from '../arguments';
import { PARENT_OPTION, formatOption, namedParents } from '../reading';
import { fileBytes, STANDARD_STREAM, standardInput, standardInputFile } from '../streams';
import { printResult } from '../text/result';
import { bytesOption } from '../values';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'write',
    keepsUndo: true,
    usage: ['write FILE --offset N [-i IN] [OPTIONS]'],
    about: [
      'Writes bytes from standard input or IN into the disk, as a guest would: blocks are allocated as they are needed. What was written is read back.',
      'What it replaces goes into an undo journal first, which takes as much room: it lies beside FILE while the change is under way, then in the folder of the journals (PLATTER_UNDO_DIR names another), where "platter undo --list" finds it. Whatever fails, a cancel and an input that is longer than the disk included, puts everything back, and "platter undo FILE" does so later.',
      'With --no-undo there is no journal and no way back: at every moment the image is sound and shows old or new content, and what was written before a failure or a cancel stays, and is named.',
    ],
    operands: [{ name: 'FILE', required: true }],
    options: [
      { name: 'offset', value: 'N', text: 'First byte of the disk to be written.' },
      { name: 'input', short: 'i', value: 'IN', text: 'A file to read from; standard input unless given.' },
      {
        name: 'from',
        value: 'FORMAT',
        choices: ['vhd', 'vpc', 'raw'],
        text: 'What FILE is: vhd (unless given) or raw.',
      },
      { name: 'no-undo', text: 'Keep no undo journal, for want of room or time.' },
      { name: 'break-children', text: 'Go on although children stand on this image.' },
      PARENT_OPTION,
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter write disk.vhd --offset 0 -i mbr.bin', says: 'Replaces the first sector.' },
      {
        command: 'printf hello | platter write disk.vhd --offset 0x7e00',
        says: 'Any offset and any number of bytes will do.',
      },
    ],
  },
  async run(args, context) {
    const offset = bytesOption(args, 'offset');
    if (offset === undefined) throw usageError('platter write needs --offset N.');
    const image = {
      path: args.operand(0),
      format: formatOption(args, 'from'),
      ...(await namedParents(args.values('parent'))),
    };
    const flags = {
      noUndo: args.flag('no-undo'),
      breakChildren: args.flag('break-children'),
      allowUnlocked: args.flag('no-lock'),
    };
    const result = await withInput(args.value('input'), context, ({ source, length, inputFile }) =>
      writeGuest({ image, offset, length, inputFile, ...flags }, source, context),
    );
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};

interface Input {
  readonly source: AsyncIterable<Uint8Array>;
  /** Undefined where only its end tells. */
  readonly length: number | undefined;
  /** Undefined where it is no file. */
  readonly inputFile: FileIdentity | undefined;
}

async function withInput<T>(
  path: string | undefined,
  context: VerbContext,
  work: (input: Input) => Promise<T>,
): Promise<T> {
  if (path === undefined || path === STANDARD_STREAM) {
    const inputFile = await standardInputFile(context);
    return work({ source: standardInput(context), length: undefined, inputFile });
  }
  const file = await NodeFile.open(path, 'read');
  try {
    const inputFile = await identityOfFile(file);
    return await work({ source: fileBytes(file), length: await file.size(), inputFile });
  } finally {
    await file.close();
  }
}
