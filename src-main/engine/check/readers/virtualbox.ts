import { TIB_BYTES } from '../../../../src-shared/vhd/constants';
import { formatSize } from '../../../../src-shared/vhd/format-size';
import { parseFooter } from '../../format';
import { endFault, silentBlockFault } from './block-trouble';
import { found, misreads, reads, refusalFor, refuses, type Judge } from './reader';

/** Blocks below this are refused by the program that was run. COMPAT(virtualbox 7.2): executed with vbox-img. */
const LEAST_BLOCK_BYTES = 512 * 1024;
/** Disks above this are refused. COMPAT(virtualbox 7.2): executed with vbox-img. */
const MOST_SPARSE_BYTES = 2 * TIB_BYTES;

const REFUSALS: Readonly<Record<string, string>> = {
  'disk-type-unknown': 'VERR_NOT_IMPLEMENTED: it does not know the disk type.',
  'header-missing': 'VERR_VD_VHD_INVALID_HEADER: there is no dynamic disk header.',
  'header-cookie': 'VERR_VD_VHD_INVALID_HEADER: there is no dynamic disk header where the footer says.',
  'block-size-illegal': 'VERR_VD_VHD_INVALID_HEADER: the block size is not valid.',
  'bat-outside': 'VERR_EOF: the BAT is not in the file.',
  'chain-loop': 'The chain of parents loops, so that no disk of it can be registered with it first.',
  'parent-missing': 'The parent was not found, and it opens no child whose parent is not registered with it.',
  'parent-ambiguous':
    'Several images have the unique id of the parent, and it registers only one disk under an id.',
  'parent-mismatch': 'The parent has another unique id than the child names.',
};

/** VirtualBox reads the last 512 bytes, no checksum, and takes the current size. COMPAT(virtualbox): VHD.cpp. */
export const judgeVirtualBox: Judge = (input) => {
  const { facts, metadata } = input.context;
  const last = facts.lastSector.length === 512 ? parseFooter(facts.lastSector) : null;
  if (!last?.cookieValid)
    return refuses(
      metadata.footerCopy
        ? 'VERR_VD_IMAGE_CORRUPTED: the last 512 bytes are no footer; "VBoxManage internalcommands repairhd" mends that, and drops what it does not understand.'
        : 'VERR_VD_VHD_INVALID_HEADER: the last 512 bytes are no footer.',
    );
  if (last.type === null) return refuses('VERR_NOT_IMPLEMENTED: it does not know the disk type.');
  if (last.type !== 'fixed') {
    if (metadata.header && metadata.header.offset !== last.fields.dataOffset)
      return refuses('VERR_VD_VHD_INVALID_HEADER: there is no dynamic disk header where the footer says.');
    const refusal = refusalFor(input, REFUSALS);
    if (refusal) return refusal;
    const entries = metadata.header?.fields.maxTableEntries ?? 0;
    const block = facts.blockSizeBytes ?? 0;
    if (entries === 0) return refuses('VERR_VD_VHD_INVALID_HEADER: the BAT has no entries.');
    if (block < LEAST_BLOCK_BYTES)
      return refuses(`VERR_VD_VHD_INVALID_HEADER: blocks of ${formatSize(block)} are too small for it.`);
    if ((facts.currentSizeBytes ?? 0) > MOST_SPARSE_BYTES)
      return refuses('VERR_VD_VHD_INVALID_HEADER: the BAT has too many entries.');
    if (found(input, 'bat-truncated')) return refuses('VERR_EOF: the BAT is not wholly in the file.');
  }
  const fault = silentBlockFault(input) ?? endFault(input);
  if (fault) return misreads(fault);
  if (metadata.type === 'differencing')
    return reads(
      'It takes the current size. It finds the parent by its unique id among the disks registered with it.',
    );
  return reads('It takes the current size and does not look at checksums.');
};
