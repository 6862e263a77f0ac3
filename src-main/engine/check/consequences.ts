import type { Finding } from '../../../src-shared/model/finding';
import type { CheckContext } from './context';
import { isHeaderPlausible } from './header/header-plausible';
import type { RuleArea } from './rule';

/** What is read through the dynamic disk header: its own fields, the BAT, blocks, their content, locators and the parent. */
const THROUGH_HEADER: readonly RuleArea[] = ['header', 'bat', 'block', 'content', 'locator', 'chain'];
/** Findings of other areas that can be made from what the header says. */
const ALSO_THROUGH_HEADER: readonly string[] = ['unreferenced-space', 'value-too-large'];
const FOOTERS: readonly (string | undefined)[] = ['footer', 'footerCopy'];

/**
 * Names, with every finding that probably only follows from another, the one it follows from. A header that is wiped or
 * overwritten makes dozens of findings of one cause; all of them stay, each by itself true of the bytes.
 */
export function linkConsequences(
  { metadata, facts }: CheckContext,
  findings: readonly Finding[],
  areaOf: (code: string) => RuleArea | undefined,
): Finding[] {
  const root = damagedHeader({ metadata, facts }, findings);
  if (root === null) return [...findings];
  return findings.map((finding) => {
    const area = areaOf(finding.code);
    const follows =
      finding.code !== root &&
      ((area !== undefined && THROUGH_HEADER.includes(area)) ||
        (ALSO_THROUGH_HEADER.includes(finding.code) && !FOOTERS.includes(finding.where?.structure)));
    return follows ? { ...finding, consequenceOf: root } : finding;
  });
}

/** Code of the finding that says the header is damaged; null where its fields can be believed. */
function damagedHeader(
  { metadata, facts }: Pick<CheckContext, 'metadata' | 'facts'>,
  findings: readonly Finding[],
): string | null {
  const { header } = metadata;
  const isSound = header !== null && header.cookieValid && header.checksum.valid;
  // where every field is valid, cookie or checksum alone are damaged, and what else is found has causes of its own
  if (isSound || (header !== null && isHeaderPlausible(metadata, facts))) return null;
  const codes = ['header-missing', 'header-cookie', 'header-checksum'];
  return codes.find((code) => findings.some((finding) => finding.code === code)) ?? null;
}
