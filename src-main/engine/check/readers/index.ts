import { READER_NAMES, type ReaderName, type ReaderVerdict } from '../../../../src-shared/model/check-report';
import { judgeAzure } from './azure';
import { judgeHyperV } from './hyper-v';
import { judgeQemuFrom10 } from './qemu-from-10';
import { judgeQemuUpTo9 } from './qemu-up-to-9';
import { misreads, refuses, type Judge, type ReaderInput } from './reader';
import { judgeSevenZip } from './seven-zip';
import { READS_SETS } from './split-set';
import { judgeVirtualPc } from './virtual-pc';
import { judgeVirtualBox } from './virtualbox';
import { judgeXen } from './xen';

export { findBehindParent } from './short-parent';
export { hasStrayData } from './stray-data';

const JUDGES: Readonly<Record<ReaderName, Judge>> = {
  'qemu-up-to-9': judgeQemuUpTo9,
  'qemu-from-10': judgeQemuFrom10,
  'hyper-v': judgeHyperV,
  virtualbox: judgeVirtualBox,
  'virtual-pc': judgeVirtualPc,
  azure: judgeAzure,
  xen: judgeXen,
  '7-zip': judgeSevenZip,
};

const SPLIT_PARENT = refuses('The parent is a split set, of which it opens the first piece alone.');

/** What each reader makes of the image. */
export function judgeReaders(input: ReaderInput): Record<ReaderName, ReaderVerdict> {
  const lost = lostBlocks(input);
  const verdicts = READER_NAMES.map((name) => {
    const verdict = JUDGES[name](input);
    if (verdict.verdict !== 'reads') return [name, verdict] as const;
    const ofParent = input.parentIsSplit && name !== READS_SETS ? SPLIT_PARENT : null;
    return [name, lost ?? ofParent ?? verdict] as const;
  });
  return Object.fromEntries(verdicts) as Record<ReaderName, ReaderVerdict>;
}

/** No reader looks for blocks that the BAT does not name. Null where none are lost beyond what a crash may leave. */
function lostBlocks({ findings, context }: ReaderInput): ReaderVerdict | null {
  if (!findings.some(({ code, severity }) => code === 'unreferenced-space' && severity === 'error'))
    return null;
  const shown = context.metadata.type === 'differencing' ? 'what the parent holds' : 'zeros';
  return misreads(`it shows ${shown} where blocks lie that the BAT has lost; nothing warns of it.`);
}
