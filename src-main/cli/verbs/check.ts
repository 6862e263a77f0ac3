import { ERROR_CODES, EXIT_CODE_BY_KIND } from '../../../src-shared/errors';
import type { CheckReport } from '../../../src-shared/model';
import {
  checkImage,
  isFolder,
  loadCatalogue,
  renderReport,
  reportFormatOf,
  type RuleFacts,
} from '../../engine';
import { checkMany, imagesInFolder, type CheckedImage } from '../../services/image/check-many';
import { writeTextFile } from '../../services/image/write-text';
import { usageError, type ParsedArguments } from '../arguments';
import { nearestName } from '../suggest';
import { printCheckedTable, printReport, printRules } from '../text/check';
import { listOption } from '../values';
import { EXIT_ANSWER_IS_NO, EXIT_DONE, type Verb, type VerbContext } from '../verb';

export const verb: Verb = {
  spec: {
    name: 'check',
    usage: ['check FILE…|DIR [OPTIONS]', 'check --list-rules'],
    about: [
      'Everything that is wrong or remarkable with an image, without stopping at the first finding, and what each reader makes of it. Several files or a folder give a table.',
      'Exit 1 when an error was found (with --strict a warning, too). Changes nothing.',
    ],
    operands: [{ name: 'FILE…|DIR', required: false, several: true }],
    options: [
      { name: 'chain', text: 'Go up to the root and look at every parent and every edge.' },
      { name: 'deep', text: 'Also read blocks and sector bitmaps.' },
      { name: 'strict', text: 'Exit 1 on warnings, too.' },
      { name: 'only', value: 'CODE', several: true, text: 'Only findings with these codes.' },
      { name: 'ignore', value: 'CODE', several: true, text: 'Leave findings with these codes out.' },
      { name: 'report', value: 'FILE', text: 'Write a report: FILE.md, FILE.html or FILE.json.' },
      { name: 'force', text: 'Replace an existing report.' },
      { name: 'list-rules', text: 'List every code with what it means, and check nothing.' },
    ],
    examples: [
      { command: 'platter check disk.vhd', says: 'What is wrong with one image.' },
      {
        command: 'platter check /srv/images --deep --report sweep.html',
        says: 'A whole folder, with a report.',
      },
      {
        command: 'platter check disk.vhd --strict --ignore saved-state',
        says: 'For scripts: exit 0 only if clean.',
      },
    ],
  },
  async run(args, context) {
    const only = await codesOption(args, 'only');
    const ignore = await codesOption(args, 'ignore');
    if (args.flag('list-rules')) {
      const rules = await loadCatalogue();
      context.printJson({ rules: rules.map(ruleFacts) });
      printRules(rules, context.out);
      return EXIT_DONE;
    }
    requireReportFormat(args.value('report'));
    const [first] = args.operands;
    if (first === undefined) throw usageError('platter check needs FILE… or DIR, or --list-rules.');
    const options = {
      deep: args.flag('deep'),
      chain: args.flag('chain'),
      ...(only.length === 0 ? {} : { only }),
      ignore,
      signal: context.signal,
      onProgress: context.onProgress,
    };
    const isSweep = args.operands.length > 1 || (await isFolder(first));
    if (isSweep) {
      const images = await checkMany(await filesOf(args.operands), options);
      return finish(images, args, context, { images });
    }
    const report = await checkImage(first, options);
    return finish([report], args, context, report);
  },
};

async function filesOf(operands: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const operand of operands) {
    files.push(...((await isFolder(operand)) ? await imagesInFolder(operand) : [operand]));
  }
  return files;
}

async function finish(
  images: readonly CheckedImage[],
  args: ParsedArguments,
  context: VerbContext,
  document: unknown,
): Promise<number> {
  const target = args.value('report');
  if (target !== undefined) await writeReport(target, images, args.flag('force'));
  context.printJson(document);
  const [single] = images;
  if (document === single && single !== undefined && 'verdict' in single) printReport(single, context.out);
  else printCheckedTable(images, context.out);
  if (target !== undefined) {
    context.out.line();
    context.out.line(`Report: ${target}`);
  }
  return exitCodeOf(images, args.flag('strict'));
}

/** What could not be looked at weighs more than what was found wrong. */
function exitCodeOf(images: readonly CheckedImage[], isStrict: boolean): number {
  for (const image of images) {
    if ('error' in image) return EXIT_CODE_BY_KIND[ERROR_CODES[image.error.code].kind];
  }
  const isNo = (report: CheckReport): boolean =>
    report.verdict === 'errors' || (isStrict && report.verdict === 'warnings');
  return images.some((image) => 'verdict' in image && isNo(image)) ? EXIT_ANSWER_IS_NO : EXIT_DONE;
}

/** Known before anything is checked: a deep check of a folder must not end in a usage error. */
function requireReportFormat(target: string | undefined): void {
  if (target === undefined || reportFormatOf(target) !== null) return;
  throw usageError(`"${target}" does not say what report to write: FILE.md, FILE.html or FILE.json.`);
}

async function writeReport(target: string, images: readonly CheckedImage[], replace: boolean): Promise<void> {
  const format = reportFormatOf(target) ?? 'json';
  await writeTextFile(target, renderReport(images, format, new Date().toISOString()), replace);
}

async function codesOption(args: ParsedArguments, name: string): Promise<string[]> {
  const codes = listOption(args, name);
  const known = codes.length === 0 ? [] : (await loadCatalogue()).map((rule) => rule.code);
  for (const code of codes) {
    if (known.includes(code)) continue;
    const meant = nearestName(code, known);
    throw usageError(
      `--${name}: there is no finding "${code}".${meant === null ? '' : ` Did you mean "${meant}"?`}`,
      '"platter check --list-rules" lists all codes.',
    );
  }
  return codes;
}

/** A rule without its code. */
function ruleFacts(rule: RuleFacts): RuleFacts {
  const { code, severity, area, level, title, explanation, hint, source, repair } = rule;
  const { severities = [severity] } = rule;
  return { code, severity, severities, area, level, title, explanation, hint, source, repair };
}
