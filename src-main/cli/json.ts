/** JSON for people and programs: indented, but lists of plain numbers and short objects stay on one line each. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner),
    2,
  );
}

/**
 * A document whose one long list gets a line an element, in pieces: a map can have a million runs.
 * `{"a":1,"blocks":[` … `]}`.
 */
export function* jsonWithLongList(
  head: Readonly<Record<string, unknown>> | null,
  listName: string,
  list: Iterable<unknown>,
): Generator<string> {
  if (head === null) yield '[';
  else
    yield `${JSON.stringify(head).slice(0, -1)}${Object.keys(head).length > 0 ? ',' : ''}${JSON.stringify(listName)}:[`;
  let separator = '\n';
  for (const element of list) {
    yield separator + JSON.stringify(element);
    separator = ',\n';
  }
  yield head === null ? ']\n' : ']}\n';
}
