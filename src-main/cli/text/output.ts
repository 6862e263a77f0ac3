import { isReaderGone, type OutputSink } from '../io';
import type { LongList } from '../long-list';
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
  /** Of a table too long to be measured: the widest text that a row can have here. */
  readonly widest?: string;
}

type Row = readonly (string | undefined)[];

/** Calm, aligned text. Every line is made harmless before it is written. */
export class TextOutput {
  readonly style: Style;
  readonly width: number;
  readonly #sink: OutputSink | null;
  #pending = '';
  #last: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  #isReaderGone = false;
  /** Something was sent that may not have arrived yet. */
  #isBehind = false;

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

  /** Aligned columns. */
  table(columns: readonly Column[], rows: Iterable<Row>, indent = 2): void {
    if (this.#sink === null) return;
    const held = [...rows];
    const layOut = this.#titledTable(columns, held, indent);
    for (const row of held) this.line(layOut(row));
  }

  /**
   * A table that can have millions of rows: of a short one the columns are as wide as `table` makes them, of a long one
   * as wide as they may have to be.
   */
  async longTable<T>(
    columns: readonly Column[],
    list: LongList<T>,
    rowOf: (element: T) => Row,
    indent = 2,
  ): Promise<void> {
    if (this.#sink === null) return;
    const widest = list.isWhole ? [] : [columns.map((column) => column.widest)];
    const layOut = this.#titledTable(columns, [...widest, ...list.held.map(rowOf)], indent);
    for (const element of list.held) this.line(layOut(rowOf(element)));
    if (list.isWhole) return;
    for await (const element of list.rest()) {
      this.line(layOut(rowOf(element)));
      if (this.#isBehind && !(await this.#catchUp())) return;
    }
  }

  #titledTable(columns: readonly Column[], measured: Iterable<Row>, indent: number): (cells: Row) => string {
    const safe = (cell: string | undefined): string => printable(cell ?? '', this.style);
    const widths = columns.map((column) => displayWidth(column.title));
    for (const row of measured) {
      columns.forEach((_, index) => {
        widths[index] = Math.max(widths[index] ?? 0, displayWidth(safe(row[index])));
      });
    }
    const start = ' '.repeat(indent);
    const layOut = (cells: Row): string => {
      const padded = columns.map(({ align }, index) => pad(safe(cells[index]), widths[index] ?? 0, align));
      return start + padded.join('  ').trimEnd();
    };
    if (columns.some((column) => column.title !== '')) {
      this.line(this.style.faint(layOut(columns.map((column) => column.title))));
    }
    return layOut;
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

  /** The same for any amount of it, no faster than it is read; ends early where the reader has gone. */
  async stream(pieces: AsyncIterable<string>): Promise<void> {
    try {
      for await (const piece of pieces) {
        this.raw(piece);
        if (this.#isBehind && !(await this.#catchUp())) return;
      }
    } finally {
      await this.flush();
    }
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

  /** Waits until what was sent has arrived. @returns whether anybody still reads. */
  async #catchUp(): Promise<boolean> {
    await this.#last;
    this.#isBehind = false;
    if (this.#failure !== null) throw this.#failure;
    return !this.#isReaderGone;
  }

  #send(): void {
    if (this.#sink === null || this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#isBehind = true;
    // Keeps only the newest promise: a sink settles its writes in order.
    this.#last = this.#sink.write(text).catch((error: unknown) => {
      if (isReaderGone(error)) this.#isReaderGone = true;
      else if (error instanceof Error) this.#failure ??= error;
    });
  }
}

function pad(text: string, width: number, align: Column['align'] = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? fill + text : text + fill;
}
