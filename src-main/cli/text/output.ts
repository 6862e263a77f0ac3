import { isReaderGone, type OutputSink } from '../io';
import { displayWidth, printable, type Style } from './style';

const FLUSH_CHARACTERS = 64 * 1024;
const WIDTH_WITHOUT_TERMINAL = 96;
const WIDTH_MAX = 110;
const WIDTH_MIN = 40;
/** A paragraph that would get a narrower column than this hangs less far. */
const PARAGRAPH_CHARACTERS_MIN = 24;
const NARROW_INDENT = 4;

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Calm, aligned text. Every line is made harmless before it is written. */
export class TextOutput {
  readonly style: Style;
  readonly width: number;
  readonly #sink: OutputSink | null;
  #pending = '';
  #last: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  /** `sink` null: everything is dropped (JSON is wanted instead). */
  constructor(sink: OutputSink | null, style: Style) {
    this.#sink = sink;
    this.style = style;
    this.width = Math.max(WIDTH_MIN, Math.min(sink?.columns ?? WIDTH_WITHOUT_TERMINAL, WIDTH_MAX));
  }

  line(text = ''): void {
    if (this.#sink === null) return;
    this.#pending += `${printable(text, this.style)}\n`;
    if (this.#pending.length >= FLUSH_CHARACTERS) this.#send();
  }

  heading(text: string): void {
    this.line(this.style.strong(text));
  }

  /** `label   value` lines with the values under each other; an empty value is left out. */
  facts(rows: readonly (readonly [label: string, value: string | null])[], indent = 2): void {
    const shown = rows.filter((row): row is readonly [string, string] => row[1] !== null && row[1] !== '');
    const width = Math.max(0, ...shown.map(([label]) => displayWidth(label)));
    for (const [label, value] of shown) {
      const start = `${' '.repeat(indent)}${pad(this.style.faint(label), width)}  `;
      this.line(`${start}${value}`);
    }
  }

  /** Aligned columns. A long table is given as a function: it is asked twice instead of being held in memory. */
  table(
    columns: readonly Column[],
    rows: Iterable<readonly string[]> | (() => Iterable<readonly string[]>),
    indent = 2,
  ): void {
    if (this.#sink === null) return;
    const each = typeof rows === 'function' ? rows : () => rows;
    const safe = (cell: string | undefined): string => printable(cell ?? '', this.style);
    const widths = columns.map((column) => displayWidth(column.title));
    for (const row of each()) {
      columns.forEach((_, index) => {
        widths[index] = Math.max(widths[index] ?? 0, displayWidth(safe(row[index])));
      });
    }
    const start = ' '.repeat(indent);
    const layOut = (cells: readonly string[]): string => {
      const padded = columns.map(({ align }, index) => pad(safe(cells[index]), widths[index] ?? 0, align));
      return start + padded.join('  ').trimEnd();
    };
    if (columns.some((column) => column.title !== '')) {
      this.line(this.style.faint(layOut(columns.map((column) => column.title))));
    }
    for (const row of each()) this.line(layOut(row));
  }

  /** A paragraph, broken between words at the width of the terminal. */
  paragraph(text: string, indent = 0, firstIndent = indent): void {
    const hanging = this.width - indent < PARAGRAPH_CHARACTERS_MIN ? Math.min(indent, NARROW_INDENT) : indent;
    let line = ' '.repeat(Math.min(firstIndent, hanging));
    let isEmpty = true;
    for (const word of text.split(' ')) {
      if (!isEmpty && displayWidth(line) + 1 + displayWidth(word) > this.width) {
        this.line(line);
        line = ' '.repeat(hanging);
        isEmpty = true;
      }
      line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
    this.line(line);
  }

  /** Text as it is, for JSON and help: nothing is escaped. */
  raw(text: string): void {
    if (this.#sink === null) return;
    this.#pending += text;
    if (this.#pending.length >= FLUSH_CHARACTERS) this.#send();
  }

  /**
   * Hands everything over. A reader that has gone is no failure of the verb.
   * @throws the system's error where the text did not arrive, since the disk is full, say.
   */
  async flush(): Promise<void> {
    this.#send();
    await this.#last;
    if (this.#failure !== null) throw this.#failure;
  }

  #send(): void {
    if (this.#sink === null || this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    // Keeps only the newest promise: a sink settles its writes in order.
    this.#last = this.#sink.write(text).catch((error: unknown) => {
      if (error instanceof Error && !isReaderGone(error)) this.#failure ??= error;
    });
  }
}

function pad(text: string, width: number, align: Column['align'] = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? fill + text : text + fill;
}
