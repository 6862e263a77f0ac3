import { READER_NAMES, type ReaderName, type ReaderVerdict } from '../../../../src-shared/model/check-report';
import { judgeAzure } from './azure';
import { judgeHyperV } from './hyper-v';
import { judgeQemuFrom10 } from './qemu-from-10';
import { judgeQemuUpTo9 } from './qemu-up-to-9';
import type { Judge, ReaderInput } from './reader';
import { judgeSevenZip } from './seven-zip';
import { judgeVirtualPc } from './virtual-pc';
import { judgeVirtualBox } from './virtualbox';
import { judgeXen } from './xen';

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

/** What each reader makes of the image. */
export function judgeReaders(input: ReaderInput): Record<ReaderName, ReaderVerdict> {
  const verdicts = READER_NAMES.map((name) => [name, JUDGES[name](input)] as const);
  return Object.fromEntries(verdicts) as Record<ReaderName, ReaderVerdict>;
}
