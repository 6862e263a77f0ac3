import { isBlockSizeStandard } from '../../../../src-shared/vhd/block-size';
import { MAX_SPARSE_SIZE_BYTES, MIN_WINDOWS_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatSize } from '../../../../src-shared/vhd/format-size';
import { silentBlockFault } from './block-trouble';
import { misreads, reads, refusalFor, refuses, type Judge } from './reader';

/** Windows' error codes for VHD (winerror.h) by finding. */
const REFUSALS: Readonly<Record<string, string>> = {
  'footer-missing': 'Error 0xC03A0001: the footer at the end of the file is missing.',
  'footer-cookie': 'Error 0xC03A0001: there is no footer at the end of the file.',
  'footer-poisoned': 'Error 0xC03A0001: there is no footer at the end of the file.',
  'bytes-after-footer': 'Error 0xC03A0001: the footer is not at the end of the file.',
  'footer-checksum': 'Error 0xC03A0002: the footer fails its checksum.',
  'current-size-unusable': 'Error 0xC03A0012: the size is not possible.',
  'size-not-sectors': 'Error 0xC03A0012: the size is not a multiple of 512.',
  'size-zero': 'Error 0xC03A0012: the disk has no bytes.',
  'file-format-version': 'Error 0xC03A0005: an unsupported version.',
  'disk-type-unknown': 'Error 0xC03A001B: an unknown disk type.',
  'features-reserved-bit': 'Error 0xC03A0003: the feature bit that must be set is clear.',
  'fixed-too-short': 'Error 0xC03A0013: the file is too short for its disk.',
  'fixed-too-long': 'Error 0xC03A0013: the file is longer than its disk.',
  'header-missing': 'Error 0xC03A0008: there is no dynamic disk header.',
  'header-cookie': 'Error 0xC03A0008: there is no dynamic disk header where the footer says.',
  'header-checksum': 'Error 0xC03A0006: the dynamic disk header fails its checksum.',
  'header-version': 'Error 0xC03A0007: an unsupported version of the dynamic disk header.',
  'header-data-offset-32-bit': 'Error 0xC03A0008: the unused data offset of the header is not all ones.',
  'header-data-offset': 'Error 0xC03A0008: the unused data offset of the header is not all ones.',
  'block-size-illegal': 'Error 0xC03A000B: the block size is not valid.',
  'table-too-small': 'Error 0xC03A000A: the BAT is too small for the disk.',
  'bat-outside': 'Error 0xC03A000A: the BAT is not in the file.',
  'bat-truncated': 'Error 0xC03A000A: the BAT is not wholly in the file.',
  'bat-entry-outside': 'Error 0xC03A000A: blocks lie behind the end of the file.',
  'block-cut-off': 'Error 0xC03A000A: blocks reach behind the end of the file.',
  'parent-missing': 'Error 0xC03A000D: the parent was not found.',
  'parent-ambiguous': 'Error 0xC03A000D: no locator leads to the parent, and several images could be it.',
  'parent-found-by-id': 'Error 0xC03A000D: no locator leads to the parent, which lies under another name.',
  'parent-mismatch': 'Error 0xC03A000E: the parent has another unique id.',
  'parent-size-differs': 'Error 0xC03A0017: child and parent have different sizes.',
  'chain-loop': 'Error 0xC03A0018: the chain of parents loops.',
};

/**
 * Windows and Hyper-V. Derived from winerror.h, the documentation and makevhdx, which follows Windows' own errors; not
 * run here.
 */
export const judgeHyperV: Judge = (input) => {
  const { facts, metadata } = input.context;
  const kept = input.findings.find(
    ({ code, severity }) => code === 'host-file-attributes' && severity === 'warning',
  );
  const refusal =
    refusalFor(input, REFUSALS) ?? (kept ? refuses(`Error 0xC03A001A: ${kept.detail.toLowerCase()}`) : null);
  if (refusal) return refusal;
  const size = facts.currentSizeBytes ?? 0;
  if (size < MIN_WINDOWS_SIZE_BYTES)
    return refuses(`Error 0xC03A0012: the disk has ${formatSize(size)}, and the least is 3 MiB.`);
  if (metadata.type !== 'fixed' && size > MAX_SPARSE_SIZE_BYTES)
    return refuses(`Error 0xC03A0012: the disk has ${formatSize(size)}, and the most is 2040 GiB.`);
  const block = facts.blockSizeBytes;
  if (block !== null && !isBlockSizeStandard(block))
    return refuses(`Error 0xC03A000B: blocks of ${formatSize(block)}; Windows knows 512 KiB and 2 MiB.`);
  const fault = silentBlockFault(input);
  if (fault) return misreads(fault);
  if (metadata.type === 'differencing')
    return reads(
      'It takes the current size. The parent must be found by its locators and have the unique id that is named.',
    );
  return reads(
    'It takes the current size. The file must not be sparse, compressed or encrypted on the disk it lies on.',
  );
};
