import { runOracle } from '../support/oracle';

/** The guest size qemu-img sees, in bytes. */
export function qemuSize(file: string, format: 'vpc' | 'raw' = 'vpc'): number {
  const { status, stdout, stderr } = runOracle('qemu-img', ['info', '-f', format, '--output=json', file]);
  if (status !== 0) throw new Error(`qemu-img refused ${file}: ${stderr}`);
  return (JSON.parse(String(stdout)) as { 'virtual-size': number })['virtual-size'];
}

/** The guest size vhdiinfo sees, in bytes. */
export function vhdiSize(file: string): number {
  const { status, stdout, stderr } = runOracle('vhdiinfo', [file]);
  const match = /Media size\s*:.*?\(?(\d+) bytes\)?/.exec(String(stdout));
  if (status !== 0 || !match) throw new Error(`vhdiinfo refused ${file}: ${String(stdout)}${stderr}`);
  return Number(match[1]);
}

/** The guest size 7-Zip sees after testing the whole image, in bytes. */
export function sevenZipSize(file: string): number {
  const { status, stdout, stderr } = runOracle('7z', ['t', '-tvhd', file]);
  const text = String(stdout);
  const match = /^Size:\s+(\d+)/m.exec(text);
  if (status !== 0 || !match || /WARNING|ERROR/.test(text))
    throw new Error(`7z refused ${file}: ${text}${stderr}`);
  return Number(match[1]);
}
