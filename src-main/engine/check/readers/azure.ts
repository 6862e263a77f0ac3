import { azureSizeProblem, isAzureOsDiskSize } from '../../../../src-shared/vhd/azure';
import { reads, refusalFor, refuses, type Judge } from './reader';

const REFUSALS: Readonly<Record<string, string>> = {
  'footer-missing': '"Disk is expected to have cookie value \'conectix\'": the footer is missing.',
  'footer-cookie': '"Disk is expected to have cookie value \'conectix\'".',
  'footer-poisoned': '"Disk is expected to have cookie value \'conectix\'".',
  'bytes-after-footer': '"Disk is expected to have cookie value \'conectix\'": the footer is not at the end.',
  'footer-short': 'The footer has 511 bytes; the upload must be N MiB and 512 bytes.',
  'footer-checksum': 'The footer fails its checksum.',
  'current-size-unusable': 'The size is not possible.',
  'fixed-too-short': 'The file is shorter than its disk and 512 bytes.',
  'fixed-too-long': 'The file is longer than its disk and 512 bytes.',
};

/** Azure's upload of disks: fixed, whole MiB, from 20 MiB to 32 TiB. From its documentation and its users' reports; not run here. */
export const judgeAzure: Judge = (input) => {
  const { facts, metadata } = input.context;
  if (metadata.type !== null && metadata.type !== 'fixed')
    return refuses('It takes fixed disks only; making the image ready for Azure gives one.');
  const refusal = refusalFor(input, REFUSALS);
  if (refusal) return refusal;
  const size = facts.currentSizeBytes ?? 0;
  const problem = azureSizeProblem(size);
  if (problem) return refuses(problem.message);
  return reads(
    isAzureOsDiskSize(size)
      ? 'Fixed, whole MiB, and of a size for data and system disks.'
      : 'Fixed and whole MiB; too large for a system disk (2040 GiB), but not for a data disk.',
  );
};
