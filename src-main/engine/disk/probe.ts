import { DYNAMIC_HEADER_COOKIE, USUAL_HEADER_OFFSET } from '../../../src-shared/vhd/constants';
import { readUpTo, type RandomAccessFile } from '../io';
import { locateFooters } from './locate-footers';

/** What a file is by its content; `raw` where a partition table or file system stands at its start, else `unknown`. */
export type ImageFormat =
  | 'vhd'
  | 'vhdx'
  | 'vmdk'
  | 'qcow2'
  | 'vdi'
  | 'vhdset'
  | 'gzip'
  | 'zip'
  | 'iso9660'
  | 'html'
  | 'raw'
  | 'empty'
  | 'unknown';

interface Signature {
  readonly format: ImageFormat;
  readonly offset: number;
  readonly bytes: string;
}

/** Byte sequences as ISO 8859-1 text at fixed offsets. */
const SIGNATURES: readonly Signature[] = [
  { format: 'vhdx', offset: 0, bytes: 'vhdxfile' },
  { format: 'vmdk', offset: 0, bytes: 'KDMV' },
  { format: 'vmdk', offset: 0, bytes: 'COWD' },
  { format: 'vmdk', offset: 0, bytes: '# Disk DescriptorFile' },
  { format: 'qcow2', offset: 0, bytes: 'QFI\xfb' },
  { format: 'vdi', offset: 64, bytes: '\x7f\x10\xda\xbe' },
  { format: 'gzip', offset: 0, bytes: '\x1f\x8b' },
  { format: 'zip', offset: 0, bytes: 'PK\x03\x04' },
  { format: 'html', offset: 0, bytes: '<!DOCTYPE' },
  { format: 'html', offset: 0, bytes: '<html' },
  { format: 'iso9660', offset: 32769, bytes: 'CD001' },
  { format: 'raw', offset: 512, bytes: 'EFI PART' },
  { format: 'raw', offset: 510, bytes: '\x55\xaa' },
  { format: 'raw', offset: 1080, bytes: '\x53\xef' },
];

const HEAD_BYTES = 33 * 1024;

/** What a file is, by content and never by its name; a VHD is known by its footer at the end first, fixed ones included. */
export async function probeFormat(file: RandomAccessFile): Promise<ImageFormat> {
  const fileSizeBytes = await file.size();
  if (fileSizeBytes === 0) return 'empty';
  const { footer, footerCopy } = await locateFooters(file, fileSizeBytes);
  if (footer || footerCopy) return 'vhd';
  const head = Buffer.from(await readUpTo(file, 0, HEAD_BYTES));
  const startsAt = (offset: number, bytes: string): boolean =>
    head.subarray(offset, offset + bytes.length).equals(Buffer.from(bytes, 'latin1'));
  if (startsAt(USUAL_HEADER_OFFSET, DYNAMIC_HEADER_COOKIE)) return 'vhd';
  return SIGNATURES.find(({ offset, bytes }) => startsAt(offset, bytes))?.format ?? 'unknown';
}

const FORMAT_NAMES: Readonly<Record<ImageFormat, string>> = {
  vhd: 'a VHD image',
  vhdx: 'a VHDX image, the successor format of Hyper-V',
  vmdk: 'a VMware VMDK image',
  qcow2: 'a QEMU qcow2 image',
  vdi: 'a VirtualBox VDI image',
  vhdset: 'a Hyper-V VHD set',
  gzip: 'a gzip archive',
  zip: 'a ZIP archive',
  iso9660: 'an ISO 9660 (CD or DVD) image',
  html: 'a web page, perhaps saved in place of a download',
  raw: 'a raw disk image without a VHD footer',
  empty: 'an empty file',
  unknown: 'of a kind that is not recognised',
};

export const describeFormat = (format: ImageFormat): string => FORMAT_NAMES[format];
