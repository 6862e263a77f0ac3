import { loadCatalogue } from '../engine';

/** Titles of findings by their codes, as far as they are known. People read titles; codes are for programs. */
export async function titlesOf(codes: readonly string[]): Promise<Record<string, string>> {
  const rules = (await loadCatalogue()).filter(({ code }) => codes.includes(code));
  return Object.fromEntries(rules.map(({ code, title }) => [code, title]));
}

const REPAIR_PREFIX = 'Repair: ';

/** What a journal says was changed, in words: that of a repair lists the codes it answered. */
export async function changeInWords(title: string): Promise<string> {
  if (!title.startsWith(REPAIR_PREFIX)) return title;
  const codes = title.slice(REPAIR_PREFIX.length).split(', ');
  const titles = await titlesOf(codes);
  return REPAIR_PREFIX + codes.map((code) => titles[code] ?? code).join('; ');
}
