/** What file systems take as one name; by bytes, as Linux counts. */
export const NAME_BYTES_MAX = 255;

/** `name` with `rest` behind it, and as many whole characters of the name's end left out as that needs to fit. */
export function cutNameToFit(name: string, rest: string): string {
  const characters = [...name];
  while (Buffer.byteLength(characters.join('') + rest) > NAME_BYTES_MAX) characters.pop();
  return characters.join('') + rest;
}
