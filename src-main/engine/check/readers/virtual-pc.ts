import { MAX_GEOMETRY_SECTORS, capacityBytes } from '../../../../src-shared/vhd/geometry';
import { formatSize } from '../../../../src-shared/vhd/format-size';
import { silentBlockFault } from './block-trouble';
import { misreads, reads, refusalFor, refuses, type Judge } from './reader';
import { sizeDifference } from './size-trouble';

const REFUSALS: Readonly<Record<string, string>> = {
  'footer-cookie': 'It finds no footer at the end of the file.',
  'footer-poisoned': 'It finds no footer at the end of the file.',
  'bytes-after-footer': 'It finds no footer at the end of the file.',
  'disk-type-unknown': 'It does not know the disk type.',
  'file-format-version': 'It does not know the version.',
  'current-size-unusable': 'The size is not possible.',
  'header-missing': 'It finds no dynamic disk header.',
  'header-cookie': 'It finds no dynamic disk header.',
  'header-checksum': 'The dynamic disk header fails its checksum, which the specification calls corrupt.',
  'header-version': 'It does not know the version of the dynamic disk header.',
  'block-size-illegal': 'The block size is not valid.',
  'table-too-small': 'The BAT is too small for the disk.',
  'bat-outside': 'The BAT is not in the file.',
  'bat-truncated': 'The BAT is not wholly in the file.',
  'bat-entry-outside': 'Blocks lie behind the end of the file.',
  'block-cut-off': 'Blocks reach behind the end of the file.',
  'parent-missing': 'The parent was not found.',
  'parent-ambiguous': 'No locator leads to the parent, and several images could be it.',
  'chain-loop': 'The chain of parents loops.',
  'parent-mismatch': 'The parent has another unique id.',
};

/** Virtual PC shows the guest the geometry's size. Derived from the specification, which is its own; not run here. */
export const judgeVirtualPc: Judge = (input) => {
  const { facts, metadata } = input.context;
  const refusal = refusalFor(input, REFUSALS);
  if (refusal) return refusal;
  const { active, footer, footerCopy } = metadata;
  if (!active || ![footer, footerCopy].some((one) => one?.checksum.valid))
    return refuses(
      'Neither the footer nor its copy passes its checksum, which the specification calls corrupt.',
    );
  const fault = silentBlockFault(input);
  if (fault) return misreads(fault);
  const size = facts.currentSizeBytes ?? 0;
  if (size > MAX_GEOMETRY_SECTORS * 512)
    return misreads(
      `it takes the size from the geometry, which ends at 127.5 GiB; this disk has ${formatSize(size)}.`,
    );
  const difference = sizeDifference(capacityBytes(active.fields.geometry), size);
  if (difference) return misreads(`${difference}, because it takes the size from the geometry.`);
  return reads('Geometry and current size agree.');
};
