import fs from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors';
import { formatSizeBoth } from '../../../src-shared/vhd/format-size';
import { deleteJournal, finishRepair, listJournals, undoImage } from '../../engine';
import { usageError, type ParsedArguments } from '../arguments';
import { printRepairPlan } from '../text/repair';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, NO_LOCK_OPTION, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'undo',
    usage: ['undo FILE|JOURNAL', 'undo FILE --finish', 'undo --list [FILE]', 'undo --remove JOURNAL'],
    about: [
      'Puts back every byte that a repair or an in-place change replaced, from its undo journal: the file is then what it was, byte for byte. Refused with the reason where the file has changed since, and where children stand on the image and would see it, or would take it for their parent again. An image that was renamed is known by its unique id and its state.',
      'A change that was interrupted is rolled back the same way; with --finish, an interrupted repair is then done anew, as it was asked for; exit 1 when errors are left then. An interrupted merge goes on when it is run again.',
      'Journals are kept up to the limit of the settings (of the desktop and browser doors; 2 GiB unless changed there): where more would be kept, the oldest go, but never the newest. PLATTER_UNDO_DIR names another folder for them, of which none goes by itself.',
    ],
    operands: [{ name: 'FILE|JOURNAL', required: false }],
    options: [
      { name: 'finish', text: 'Finish a repair that was interrupted, instead of only rolling it back.' },
      {
        name: 'list',
        text: 'List what can be undone, by image, newest first; with FILE, in full for that image. What was undone is counted only; --json has it all.',
      },
      {
        name: 'remove',
        value: 'JOURNAL',
        text: 'Remove a journal; its change can then no longer be undone.',
      },
      { name: 'break-children', text: 'Go on although children stand on this image and would see it.' },
      NO_LOCK_OPTION,
    ],
    examples: [
      { command: 'platter undo disk.vhd', says: 'Takes back the newest change of the image.' },
      { command: 'platter undo --list', says: 'Everything that could be undone, with size and age.' },
    ],
  },
  async run(args, context) {
    if (['list', 'finish', 'remove'].filter((name) => args.has(name)).length > 1)
      throw usageError('Give one of --list, --finish and --remove.');
    if (args.flag('list')) return list(args, context);
    if (args.has('remove')) return remove(args, context);
    const target = args.operands[0];
    if (target === undefined) throw usageError('platter undo needs FILE, JOURNAL, --list or --remove.');
    if (args.flag('finish')) return finish(target, args, context);
    const result = await undoImage(target, {
      breakChildren: args.flag('break-children'),
      allowUnlocked: args.flag('no-lock'),
    });
    context.printJson(result);
    context.out.line(`${context.style.good('Done:')} ${result.imagePath}`);
    context.out.facts([
      ['Put back', formatSizeBoth(result.restoredBytes)],
      ['File size', formatSizeBoth(result.fileSizeBytes)],
      ['Journal', `${result.journalPath} (used up and removed)`],
    ]);
    if (!context.json) for (const warning of result.warnings) context.warn(warning);
    return EXIT_DONE;
  },
};

async function finish(path: string, args: ParsedArguments, context: VerbContext): Promise<number> {
  const { signal, onProgress } = context;
  const plan = await finishRepair(path, { allowUnlocked: args.flag('no-lock'), signal, onProgress });
  context.printJson(plan);
  printRepairPlan(plan, context.out);
  return plan.predictedVerdict === 'errors' ? EXIT_ANSWER_IS_NO : EXIT_DONE;
}

async function list(args: ParsedArguments, context: VerbContext): Promise<number> {
  const imagePath = args.operands[0];
  if (imagePath !== undefined && (await fs.stat(imagePath).catch(() => null))?.isDirectory())
    throw new AppError('not-a-regular-file', `"${imagePath}" is a folder.`, {
      context: { path: imagePath },
      hint: 'Name an image, or nothing: "platter undo --list" lists the changes of all images.',
    });
  const journals = await listJournals(imagePath === undefined ? {} : { imagePath, onlyImage: true });
  context.printJson({ journals });
  if (!context.json) {
    const { printJournals } = await import('../text/journals');
    printJournals(journals, imagePath !== undefined, context.out);
  }
  return EXIT_DONE;
}

async function remove(args: ParsedArguments, context: VerbContext): Promise<number> {
  const journal = args.value('remove') ?? '';
  if (args.operands.length > 0) throw usageError('--remove takes one journal and no other file.');
  await deleteJournal(journal);
  context.printJson({ removed: [journal] });
  context.out.line(`${context.style.good('Removed:')} ${journal}`);
  return EXIT_DONE;
}
