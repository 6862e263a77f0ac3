import { DEFAULT_BLOCK_SIZE_BYTES } from '../../../../src-shared/vhd/constants';
import { formatSize } from '../../../../src-shared/vhd/format-size';
import { endFault, silentBlockFault } from './block-trouble';
import { found, misreads, reads, refusalFor, refuses, type Judge } from './reader';

const REFUSALS: Readonly<Record<string, string>> = {
  'disk-type-unknown': '"invalid type" of the disk.',
  'current-size-unusable': 'The size is not possible.',
  'footer-poisoned': 'It is disabled until "vhd-util revert" has run.',
  'header-missing': '"invalid header cookie".',
  'header-cookie': '"invalid header cookie".',
  'header-checksum': '"invalid checksum" of the dynamic disk header.',
  'header-version': '"invalid header version".',
  'header-data-offset-32-bit': '"invalid header data offset".',
  'header-data-offset': '"invalid header data offset".',
  'block-size-illegal': '"invalid block size".',
  'batmap-missing': 'It cannot find the batmap that it takes for granted in images under its own name.',
  'bat-outside': 'The BAT is not in the file.',
  'bat-truncated': 'The BAT is not wholly in the file.',
  'chain-loop': '"could not find parent": the chain of parents loops.',
  'parent-missing': '"could not find parent".',
  'parent-found-by-id': '"could not find parent": no locator leads to it; it lies under another name.',
  'parent-ambiguous': '"could not find parent": no locator leads to it, and several images could be it.',
  'parent-mismatch': 'The parent has another unique id.',
};

/**
 * Xen's blktap: footer at the end (512 or 511 bytes), else the copy; the current size; blocks of 2 MiB.
 * "vhd-util check" is stricter than this: it also refuses null ids, dates in the future and geometries that are too
 * large. COMPAT(blktap): libvhd.c.
 */
export const judgeXen: Judge = (input) => {
  const { facts, metadata } = input.context;
  const { footer, footerCopy, active } = metadata;
  const soundOne = [footer, footerCopy].find(
    (one) => one?.cookieValid && one.checksum.valid && one.position !== 'displaced',
  );
  if (!active || !soundOne)
    return refuses(
      '"invalid checksum" or "invalid cookie": there is no sound footer at the end or the start.',
    );
  if (metadata.type === 'fixed' && soundOne.lengthBytes === 512 && soundOne.offset % 512 !== 0)
    return refuses('"error reading primary footer": it does not lie on a sector.');
  const refusal = refusalFor(input, REFUSALS);
  if (refusal) return refusal;
  if (active.fields.creatorApplication === 'tap\0' && found(input, 'tap-version'))
    return refuses('It does not take images of this version of itself.');
  const block = facts.blockSizeBytes;
  if (block !== null && block > DEFAULT_BLOCK_SIZE_BYTES)
    return refuses(`"invalid block size": blocks of ${formatSize(block)}, and the most is 2 MiB.`);
  if (block !== null && block < DEFAULT_BLOCK_SIZE_BYTES)
    return misreads(
      `it calculates the BAT for blocks of 2 MiB, and these have ${formatSize(block)}: most of the disk is out of its reach.`,
    );
  if (found(input, 'table-too-small'))
    return refuses('"more VHD blocks than possible": the BAT is too small.');
  const fault = silentBlockFault(input) ?? endFault(input);
  if (fault) return misreads(fault);
  if (metadata.type === 'differencing')
    return reads('It takes the current size, and finds the parent by its locators.');
  return reads(
    ['unique-id-null', 'timestamp-future', 'geometry-too-large', 'footer-reserved-bytes'].some((code) =>
      found(input, code),
    )
      ? 'It takes the current size. "vhd-util check" refuses the image for what is listed among the findings.'
      : 'It takes the current size.',
  );
};
