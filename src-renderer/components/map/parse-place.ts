export type PlaceKind = 'offset' | 'sector' | 'block' | 'file';

/** A number typed by a person: decimal with separators, or `0x` hexadecimal. Null for anything else. */
export function parseCount(text: string): number | null {
  const plain = text.trim().replace(/[\s,_]/g, '');
  if (!/^(?:0x[0-9a-f]+|\d+)$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isSafeInteger(value) ? value : null;
}
