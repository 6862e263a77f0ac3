import { NodeFile, writeGuest } from '../../engine';
import { usageError } from '../arguments';
import { PARENT_OPTION, formatOption, namedParents } from '../reading';
import { fileBytes, STANDARD_STREAM, standardInput } from '../streams';
import { printResult } from '../text/result';
import { bytesOption } from '../values';
import { EXIT_DONE, NO_LOCK_OPTION, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'write',
    usage: ['write FILE --offset N [-i IN] [OPTIONS]'],
    about: [
      'Writes bytes from standard input or IN into the disk, as a guest would: blocks are allocated as they are needed, and at every moment the image is sound and shows old or new content. What was written is read back.',
      'There is no undo for content.',
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
    const flags = { breakChildren: args.flag('break-children'), allowUnlocked: args.flag('no-lock') };
    const result = await withInput(args.value('input'), context, (source, length) =>
      writeGuest({ image, offset, length, ...flags }, source, context),
    );
    context.printJson(result);
    printResult(result, context);
    return EXIT_DONE;
  },
};

async function withInput<T>(
  path: string | undefined,
  context: VerbContext,
  work: (source: AsyncIterable<Uint8Array>, length: number | undefined) => Promise<T>,
): Promise<T> {
  if (path === undefined || path === STANDARD_STREAM) return work(standardInput(context), undefined);
  const file = await NodeFile.open(path, 'read');
  try {
    return await work(fileBytes(file), await file.size());
  } finally {
    await file.close();
  }
}
