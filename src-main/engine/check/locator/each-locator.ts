import type { ReadLocator } from '../../chain';
import type { CheckContext } from '../context';
import type { FindingDraft } from '../rule';
import { headerFieldDraft, type FieldWords } from '../build-finding';

/** Looks at every locator entry in use; the words it returns are placed at the entry's field they name. */
export async function eachLocator(
  context: CheckContext,
  look: (locator: ReadLocator) => (FieldWords & { readonly field: string }) | null,
): Promise<FindingDraft[]> {
  const { header } = context.metadata;
  if (!header) return [];
  return (await context.locators()).flatMap((locator) => {
    const words = look(locator);
    if (!words) return [];
    const { field, ...rest } = words;
    return [headerFieldDraft(header, `parentLocator${locator.index}.${field}`, rest)];
  });
}

/** `Parent locator 3 (W2ru)`. */
export const nameOf = (locator: ReadLocator): string => `Parent locator ${locator.index} (${locator.code})`;
