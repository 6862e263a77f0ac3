import type { LongList } from './long-list';

/** JSON for people and programs: indented, but lists of plain numbers and short objects stay on one line each. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner),
    2,
  );
}

/** A document whose one long list gets a line an element: `{"a":1,"blocks":[` … `]}`, or the list alone. */
export interface LongDocument<T = unknown> {
  /** The other fields; null where the list is all there is. */
  readonly head: Readonly<Record<string, unknown>> | null;
  readonly listName: string;
  readonly list: LongList<T>;
}

/** A short list's document, in pieces. */
export function* shortDocument({ head, listName, list }: LongDocument): Generator<string> {
  yield openingOf(head, listName);
  for (const [at, element] of list.held.entries()) yield elementText(element, at === 0);
  yield closingOf(head);
}

/**
 * Any list's document, in pieces. Where the list breaks off, the document ends with the `failure` as a field of its
 * own; one that is nothing but the list stays open, as a list that ends would pass for the whole.
 */
export async function* longDocument(
  { head, listName, list }: LongDocument,
  failureFields: (error: unknown) => Promise<Readonly<Record<string, unknown>>>,
): AsyncGenerator<string> {
  yield openingOf(head, listName);
  for (const [at, element] of list.held.entries()) yield elementText(element, at === 0);
  try {
    for await (const element of list.rest()) yield elementText(element, false);
  } catch (error) {
    yield head === null ? '\n' : `],${JSON.stringify(await failureFields(error)).slice(1)}\n`;
    throw error;
  }
  yield closingOf(head);
}

const openingOf = (head: LongDocument['head'], listName: string): string => {
  if (head === null) return '[';
  const fields = JSON.stringify(head).slice(0, -1);
  return `${fields}${Object.keys(head).length > 0 ? ',' : ''}${JSON.stringify(listName)}:[`;
};

const elementText = (element: unknown, isFirst: boolean): string =>
  `${isFirst ? '\n' : ',\n'}${JSON.stringify(element)}`;

const closingOf = (head: LongDocument['head']): string => (head === null ? ']\n' : ']}\n');
