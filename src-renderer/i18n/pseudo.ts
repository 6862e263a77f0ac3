/** Letters that look like ASCII but are not, so that text outside vue-i18n stands out. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'î', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ',
  n: 'ñ', o: 'ö', p: 'þ', q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž',
  A: 'Å', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ', G: 'Ĝ', H: 'Ĥ', I: 'Î', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ',
  N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Û', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
}; // prettier-ignore

/** A tree of messages: what every locale file is. */
export interface MessageTree {
  readonly [key: string]: string | MessageTree;
}

/** Turns one message into its pseudo form: look-alike letters, a third longer, in brackets; `{names}` and `|` stay. */
export function pseudoMessage(message: string): string {
  return message
    .split('|')
    .map((form) => {
      const text = form.trim();
      const body = text.replace(/\{[^}]*\}|[A-Za-z]/g, (part) => LOOKALIKES[part] ?? part);
      return `⟦${body}${'·'.repeat(Math.ceil(text.length / 3))}⟧`;
    })
    .join(' | ');
}

/** The whole pseudo-locale of a message tree. Text seen on screen without ⟦ ⟧ did not come through vue-i18n. */
export function pseudoMessages(tree: MessageTree): MessageTree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === 'string' ? pseudoMessage(value) : pseudoMessages(value),
    ]),
  );
}
