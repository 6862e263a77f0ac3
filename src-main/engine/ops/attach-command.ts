import path from 'node:path';
import type { Finding } from '../../../src-shared/model/finding';
import type { DiskType } from '../../../src-shared/vhd/disk-type';
import { findChildren, type ParentSearchOptions } from '../chain';
import { quotedNames } from '../chain/quoted-names';
import { quotePosix, quotePowerShell } from './shell-word';

export type AttachSystem = 'windows' | 'linux' | 'macos';

export interface AttachCommand {
  /** What the command does, for a person. */
  readonly title: string;
  readonly command: string;
}

export interface AttachRequest {
  readonly path: string;
  readonly system: AttachSystem;
  readonly type: DiskType;
  readonly virtualSizeBytes: number;
  /** The image is a split set, which nothing attaches. */
  readonly isSplit?: boolean | undefined;
}

/**
 * The exact commands that attach an image, read-only first and writable where the system can, and the one that
 * detaches it. Nothing here runs them; Platter itself needs no administrator.
 */
export function attachCommands(request: AttachRequest): readonly AttachCommand[] {
  const file = path.resolve(request.path);
  if (request.isSplit) return joinFirst(file, request);
  switch (request.system) {
    case 'windows':
      return windowsCommands(file);
    case 'linux':
      return request.type === 'fixed'
        ? loopCommands(file, request.virtualSizeBytes)
        : nbdCommands(file, request.type);
    case 'macos':
      return macCommands(file, request);
  }
}

/**
 * What to know before an image is attached: errors that a check finds, and children, which a writable attach breaks.
 * @param uniqueId of the image; null where it has none, so that nothing can depend on it.
 */
export async function attachWarnings(
  imagePath: string,
  uniqueId: string | null,
  findings: readonly Finding[],
  options: Pick<ParentSearchOptions, 'mayOpen'> = {},
): Promise<string[]> {
  const warnings: string[] = [];
  const errors = [...new Set(findings.filter((one) => one.severity === 'error').map((one) => one.code))];
  if (errors.length > 0)
    warnings.push(
      `A check finds errors in this image (${errors.join(', ')}): a system may refuse it, and attaching it writable can lose data. Run "platter check" and mend it first.`,
    );
  const children = uniqueId === null ? [] : await findChildren(imagePath, uniqueId, options);
  const names = quotedNames(children.map((child) => child.path));
  if (children.length > 0)
    warnings.push(
      `Attaching it writable changes what ${names} ${children.length === 1 ? 'sees' : 'see'}: the image is the parent. "platter write" refuses that.`,
    );
  return warnings;
}

/** COMPAT(Windows): Mount-DiskImage comes with every Windows since 8; it follows parents itself. */
function windowsCommands(file: string): readonly AttachCommand[] {
  const quoted = quotePowerShell(file);
  return [
    {
      title: 'Attach read-only (PowerShell, as administrator)',
      command: `Mount-DiskImage -ImagePath ${quoted} -Access ReadOnly`,
    },
    {
      title: 'Attach writable (PowerShell, as administrator)',
      command: `Mount-DiskImage -ImagePath ${quoted} -Access ReadWrite`,
    },
    { title: 'Detach', command: `Dismount-DiskImage -ImagePath ${quoted}` },
  ];
}

/** A fixed disk is its own raw image; the size keeps the footer out of it. */
function loopCommands(file: string, sizeBytes: number): readonly AttachCommand[] {
  const quoted = quotePosix(file);
  return [
    {
      title: 'Attach read-only; prints the device',
      command: `sudo losetup --find --show --partscan --read-only --sizelimit ${sizeBytes} ${quoted}`,
    },
    {
      title: 'Attach writable; prints the device',
      command: `sudo losetup --find --show --partscan --sizelimit ${sizeBytes} ${quoted}`,
    },
    {
      title: 'Detach',
      command: `sudo losetup --detach $(losetup --noheadings --output NAME --associated ${quoted})`,
    },
  ];
}

/**
 * COMPAT(qemu): by default the size may come from the geometry, so the current size is asked for; and a differencing
 * image would be read without its parent (K§3 #39), so it is flattened first.
 */
function nbdCommands(file: string, type: DiskType): readonly AttachCommand[] {
  const flat = `${file.replace(/\.[^./]*$/, '')}-flat.vhd`;
  const image = type === 'differencing' ? flat : file;
  const options = quotePosix(
    `driver=vpc,force_size_calc=current_size,file.driver=file,file.filename=${image.replaceAll(',', ',,')}`,
  );
  const attach = `sudo qemu-nbd --connect=/dev/nbd0`;
  return [
    ...(type === 'differencing' ? [flattenFirst(file, flat, 'dynamic')] : []),
    {
      title: 'Attach read-only as /dev/nbd0',
      command: `sudo modprobe nbd max_part=16 && ${attach} --read-only --image-opts ${options}`,
    },
    // writing into a flattened copy would not reach the image
    ...(type === 'differencing'
      ? []
      : [
          {
            title: 'Attach writable as /dev/nbd0',
            command: `sudo modprobe nbd max_part=16 && ${attach} --image-opts ${options}`,
          },
        ]),
    { title: 'Detach', command: 'sudo qemu-nbd --disconnect /dev/nbd0' },
  ];
}

/** macOS attaches raw images only; a fixed disk is one but for the footer behind it. */
function macCommands(file: string, { type }: AttachRequest): readonly AttachCommand[] {
  const raw = `${file.replace(/\.[^./]*$/, '')}.img`;
  const image = type === 'fixed' ? file : raw;
  const attach = `hdiutil attach -imagekey diskimage-class=CRawDiskImage`;
  return [
    ...(type === 'fixed' ? [] : [flattenFirst(file, raw, 'raw')]),
    { title: 'Attach read-only; prints the device', command: `${attach} -readonly ${quotePosix(image)}` },
    ...(type === 'fixed'
      ? [{ title: 'Attach writable; prints the device', command: `${attach} ${quotePosix(image)}` }]
      : []),
    { title: 'Detach', command: 'hdiutil detach /dev/diskN' },
  ];
}

/** What is attached is the one image that is made of the pieces. */
function joinFirst(file: string, request: AttachRequest): readonly AttachCommand[] {
  const whole = `${file.replace(/\.[^./]*$/, '')}-whole.vhd`;
  const type = request.type === 'fixed' ? 'fixed' : 'dynamic';
  return [
    flattenFirst(file, whole, type),
    ...attachCommands({ ...request, path: whole, type, isSplit: false }),
  ];
}

function flattenFirst(file: string, target: string, to: 'fixed' | 'dynamic' | 'raw'): AttachCommand {
  return {
    title: 'First make a copy that this system can attach',
    command: `platter convert ${quotePosix(file)} ${quotePosix(target)} --to ${to}`,
  };
}
