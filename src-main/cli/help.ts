import { COMMON_OPTIONS } from './arguments';
import type { TextOutput } from './text/output';
import type { OptionSpec, VerbSpec } from './verb-spec';
import { VERBS, type VerbEntry } from './verbs';
import { WORDS } from './words';

const GROUP_TITLES: Readonly<Record<VerbEntry['group'], string>> = {
  look: 'Look (never changes a byte)',
  make: 'Make and change',
  mend: 'Mend',
  door: 'Other doors',
};

/** `platter --help`. */
export function printOverview(out: TextOutput): void {
  out.line('platter VERB FILE… [OPTIONS]');
  out.line();
  out.paragraph(
    'Platter creates, inspects, checks, repairs and transforms VHD disk images (.vhd, .avhd, .vud): fixed, dynamic and differencing.',
  );
  for (const group of ['look', 'make', 'mend', 'door'] as const) {
    out.line();
    out.heading(GROUP_TITLES[group]);
    out.table(
      [{ title: '' }, { title: '' }],
      VERBS.filter((verb) => verb.group === group).map((verb) => [out.style.accent(verb.name), verb.summary]),
    );
  }
  out.line();
  out.heading('Examples');
  out.line('  platter info disk.vhd');
  out.line('  platter check *.vhd --json');
  out.line('  platter create new.vhd --type dynamic --size 40G');
  out.line();
  out.heading('Exit codes');
  out.line('  0 done   1 the answer is no   2 wrong usage   3 the image was refused');
  out.line('  4 the system refused   5 a bug in Platter   130 cancelled');
  out.line();
  out.paragraph(
    '"platter VERB --help" shows the options of a verb and an example; "platter help words" what BAT, CHS, locator and other words mean; "platter --version" the version.',
  );
}

/** `platter VERB --help`. */
export function printVerbHelp(out: TextOutput, spec: VerbSpec): void {
  spec.usage.forEach((usage) => {
    out.paragraph(`platter ${usage}`, 8, 0);
  });
  for (const paragraph of spec.about) {
    out.line();
    out.paragraph(paragraph);
  }
  if (spec.options.length > 0) {
    out.line();
    out.heading('Options');
    printOptions(out, spec.options);
  }
  if (spec.terms !== undefined) {
    out.line();
    out.heading(spec.terms.title);
    for (const [word, text] of spec.terms.rows) printTerm(out, word, text);
  }
  const words = (spec.words ?? []).map((word) => [word, WORDS[word] ?? ''] as const);
  if (words.length > 0) {
    out.line();
    out.heading('Words');
    for (const [word, meaning] of words) printTerm(out, word, meaning);
  }
  out.line();
  out.heading('Options of every verb');
  printOptions(out, COMMON_OPTIONS);
  out.line();
  out.heading(spec.examples.length === 1 ? 'Example' : 'Examples');
  for (const { command, says } of spec.examples) {
    out.line(`  ${out.style.accent(command)}`);
    out.paragraph(says, 6);
  }
}

/** `platter help words`. */
export function printWords(out: TextOutput, words: Readonly<Record<string, string>>): void {
  for (const [word, meaning] of Object.entries(words)) printTerm(out, word, meaning);
}

function printOptions(out: TextOutput, options: readonly OptionSpec[]): void {
  for (const option of options) {
    const short = option.short === undefined ? '' : `-${option.short}, `;
    const value = option.value === undefined ? '' : ` ${option.value}${option.several === true ? '…' : ''}`;
    const name = `${short}--${option.name}${value}`;
    printTerm(out, name, option.text);
  }
}

const TERM_CHARACTERS = 24;

/** A word and its explanation beside it, or below it where the word is long. */
function printTerm(out: TextOutput, word: string, text: string): void {
  const start = `  ${out.style.accent(word)}`;
  const indent = TERM_CHARACTERS + 4;
  if (word.length <= TERM_CHARACTERS) {
    out.paragraph(`${start}${' '.repeat(TERM_CHARACTERS + 2 - word.length)}${text}`, indent, 0);
  } else {
    out.line(start);
    out.paragraph(text, indent);
  }
}
