// The common separators of paths and nothing that any shell looks at.
const PLAIN = /^[\w./:@%+,=-]+$/;
const CONTROL = /[\x00-\x1f\x7f]/;

/** One word, on one line, for a shell of Linux or macOS (bash, zsh), whatever is in it. */
export function quotePosix(text: string): string {
  if (PLAIN.test(text)) return text;
  if (CONTROL.test(text)) return `$'${[...text].map(ansiC).join('')}'`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function ansiC(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  return CONTROL.test(character) ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character;
}

/** One argument, on one line, for PowerShell, which takes typographic quotes for plain ones. */
export function quotePowerShell(text: string): string {
  const quoted = (part: string): string => `'${part.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  const parts = text.split(/([\x00-\x1f\x7f])/).filter((part) => part !== '');
  if (parts.length <= 1) return quoted(text);
  const words = parts.map((part) => (CONTROL.test(part) ? `[char]${part.charCodeAt(0)}` : quoted(part)));
  return `(${[...(CONTROL.test(parts[0] ?? '') ? ["''"] : []), ...words].join(' + ')})`;
}
