/**
 * How well letters fit a title: null where they do not all occur in order; else lower is better.
 * Letters at the start of a word, and letters side by side, count for more.
 */
export function fuzzyScore(query: string, title: string): number | null {
  const wanted = query.trim().toLowerCase();
  const text = title.toLowerCase();
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    if (letter === ' ') continue;
    const at = text.indexOf(letter, from);
    if (at < 0) return null;
    const startsWord = at === 0 || text[at - 1] === ' ';
    score += startsWord ? 0 : at === from ? 1 : 3 + (at - from);
    from = at + 1;
  }
  return score + text.length / 100;
}
