/** An option of a verb, as `--help` shows it and the parser takes it. */
export interface OptionSpec {
  /** Long name without its dashes. */
  readonly name: string;
  /** One letter, for `-o`. */
  readonly short?: string;
  /** Word for the value, such as `SIZE`; absent for a flag. */
  readonly value?: string;
  /** May be given several times, and takes several values once all files are named. */
  readonly several?: boolean;
  /** Values that are taken; anything else is refused with the nearest one. */
  readonly choices?: readonly string[];
  readonly text: string;
}

/** A file or value that stands without an option name. */
export interface OperandSpec {
  readonly name: string;
  readonly required: boolean;
  /** `-` stands for a standard stream. */
  readonly stream?: boolean;
  /** Only the last operand may be so. */
  readonly several?: boolean;
}

export interface VerbSpec {
  readonly name: string;
  /** Synopses without the leading `platter`. */
  readonly usage: readonly string[];
  /** Paragraphs: what it does, and what it leaves alone. */
  readonly about: readonly string[];
  /** Words that are explained after the options, such as the fields that can be set. */
  readonly terms?: { readonly title: string; readonly rows: readonly (readonly [string, string])[] };
  /** Leaves an undo journal in the history. */
  readonly keepsUndo?: boolean;
  /** Words of `platter help words` that its output uses. */
  readonly words?: readonly string[];
  readonly operands: readonly OperandSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
}
