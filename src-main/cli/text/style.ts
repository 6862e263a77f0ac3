import type { CliIo, OutputSink } from '../io';

export type Paint = (text: string) => string;

/** Colours that carry no meaning of their own: the words say it, too. */
export interface Style {
  readonly enabled: boolean;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly bad: Paint;
  readonly accent: Paint;
}

const plain: Paint = (text) => text;
const paint =
  (start: number, end: number): Paint =>
  (text) =>
    text === '' ? '' : `\u001b[${start}m${text}\u001b[${end}m`;

const COLOURED: Style = {
  enabled: true,
  strong: paint(1, 22),
  faint: paint(2, 22),
  good: paint(32, 39),
  warning: paint(33, 39),
  bad: paint(31, 39),
  accent: paint(36, 39),
};

const PLAIN: Style = {
  enabled: false,
  strong: plain,
  faint: plain,
  good: plain,
  warning: plain,
  bad: plain,
  accent: plain,
};

/** Colour only on a terminal, and never where NO_COLOR is set (no-color.org) or the terminal is dumb. */
export function styleFor(sink: OutputSink, env: CliIo['env']): Style {
  const wanted = sink.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return wanted ? COLOURED : PLAIN;
}

/** Printable ASCII, which is nearly every line: no need to look at each character. */
const PLAIN_TEXT = /^[\x20-\x7e]*$/;
const OWN_SEQUENCE = /\u001b\[(?:1|2|22|31|32|33|36|39)m/y;

/**
 * One line that cannot do anything but show: names and texts come from files, and a control character in them could
 * move the cursor, forge a line or turn the text around. Our own colours pass where they are in use.
 */
export function printable(text: string, style: Style): string {
  if (PLAIN_TEXT.test(text)) return text;
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (style.enabled && character === '\u001b') {
      OWN_SEQUENCE.lastIndex = index;
      const own = OWN_SEQUENCE.exec(text);
      if (own !== null) {
        result += own[0];
        index += own[0].length - 1;
        continue;
      }
    }
    result += isDangerous(character.charCodeAt(0)) ? escapeCharacter(character) : character;
  }
  return result;
}

/** Controls of ASCII and Latin-1, line separators, and marks that change the direction of text. */
function isDangerous(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0x2028 ||
    code === 0x2029 ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x200e ||
    code === 0x200f
  );
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.charCodeAt(0);
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

/** Columns a text takes on a terminal: colours take none, wide characters two, joined marks none. */
export function displayWidth(text: string): number {
  if (PLAIN_TEXT.test(text)) return text.length;
  const withoutColour = text.replace(/\u001b\[\d+m/g, '');
  if (PLAIN_TEXT.test(withoutColour)) return withoutColour.length;
  let width = 0;
  for (const character of withoutColour) {
    const point = character.codePointAt(0) ?? 0;
    if (/\p{Mark}/u.test(character) || point === 0x200d || (point >= 0xfe00 && point <= 0xfe0f)) continue;
    width += isWide(point) ? 2 : 1;
  }
  return width;
}

function isWide(point: number): boolean {
  return (
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe6f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd)
  );
}
