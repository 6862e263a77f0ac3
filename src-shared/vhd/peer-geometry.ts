import { MAX_SPARSE_SIZE_BYTES, MIB_BYTES, SECTOR_SIZE_BYTES } from './constants';
import {
  capacityBytes,
  capacitySectors,
  geometryForSectors,
  geometryForSize,
  LARGE_GEOMETRY_SECTORS,
  MAX_GEOMETRY,
  MAX_GEOMETRY_SECTORS,
  type Geometry,
} from './geometry';

/** What another program writes when it is asked to make a disk of some size. */
export interface PeerDisk {
  readonly geometry: Geometry;
  /** Current size that it writes, in bytes. */
  readonly sizeBytes: number;
}

/**
 * What `qemu-img create -f vpc` writes for `sizeBytes`, or null above 2040 GiB, which it refuses.
 * It tries ever larger disks until one has a geometry that addresses the request, and makes the disk as large as
 * that geometry; only at the largest geometry does it keep the size. The geometry is that of the disk tried, which
 * is not always the one the specification gives for the size that came of it (104,349 sectors give 877/7/17).
 * COMPAT(qemu): executed with qemu-img 7.2; QEMU's vpc driver.
 */
export function qemuGeometry(sizeBytes: number): PeerDisk | null {
  if (sizeBytes > MAX_SPARSE_SIZE_BYTES) return null;
  const wantedSectors = Math.ceil(sizeBytes / SECTOR_SIZE_BYTES);
  if (wantedSectors === 0) return { geometry: { cylinders: 0, heads: 0, sectorsPerTrack: 0 }, sizeBytes: 0 };
  const neededSectors = Math.min(wantedSectors, MAX_GEOMETRY_SECTORS);
  // Ends within one cylinder (4,080 sectors at most) beyond the request, or at the largest geometry.
  let triedSectors = neededSectors;
  let geometry = geometryForSectors(triedSectors);
  while (capacitySectors(geometry) < neededSectors) {
    triedSectors += 1;
    geometry = geometryForSectors(triedSectors);
  }
  const isMax = capacitySectors(geometry) === MAX_GEOMETRY_SECTORS;
  return { geometry, sizeBytes: isMax ? wantedSectors * SECTOR_SIZE_BYTES : capacityBytes(geometry) };
}

/**
 * What `qemu-img create -f vpc -o force_size` writes: the size to the next sector, and the largest geometry, which
 * makes QEMU take the current size. Null above 2040 GiB.
 */
export function qemuForceSizeGeometry(sizeBytes: number): PeerDisk | null {
  if (sizeBytes > MAX_SPARSE_SIZE_BYTES) return null;
  return { geometry: MAX_GEOMETRY, sizeBytes: Math.ceil(sizeBytes / SECTOR_SIZE_BYTES) * SECTOR_SIZE_BYTES };
}

/**
 * Geometry that blktap (XenServer, XCP-ng) calculates for a disk: the specification's, over the sectors rounded up
 * and at least one. COMPAT(blktap): libvhd's vhd_chs.
 */
export function xenGeometry(sizeBytes: number): Geometry {
  return geometryForSectors(Math.max(1, Math.ceil(sizeBytes / SECTOR_SIZE_BYTES)));
}

/** What `vhd-util create` writes: the size rounded up to 2 MiB, with `xenGeometry`. COMPAT(blktap): vhd-util. */
export function xenCreatedDisk(sizeBytes: number): PeerDisk {
  const createdBytes = Math.ceil(sizeBytes / (2 * MIB_BYTES)) * 2 * MIB_BYTES;
  return { geometry: xenGeometry(createdBytes), sizeBytes: createdBytes };
}

/**
 * Geometry that VirtualBox gives a new image: the specification's.
 * COMPAT(virtualbox): VHD.cpp; agrees with the images VirtualBox 4.3 and 7.2 made.
 */
export function virtualBoxGeometry(sizeBytes: number): Geometry {
  return geometryForSize(sizeBytes);
}

/**
 * Geometry that VirtualBox gives a child: 16 heads, 63 sectors per track, at most 16,383 cylinders.
 * COMPAT(virtualbox): derived from a child that VirtualBox 7.2 made (9,440,768 bytes, 18/16/63).
 */
export function virtualBoxChildGeometry(sizeBytes: number): Geometry {
  const cylinders = Math.min(16_383, Math.floor(sizeBytes / SECTOR_SIZE_BYTES / (16 * 63)));
  return { cylinders, heads: 16, sectorsPerTrack: 63 };
}

/**
 * Geometry that Xen Orchestra (vhd-lib) writes: real division with the cylinders rounded up, so that it may address
 * more than the disk has. COMPAT(vhd-lib): executed; `vhd-util check` calls it too large.
 */
export function vatesGeometry(sizeBytes: number): Geometry {
  const sectors = Math.min(Math.ceil(sizeBytes / SECTOR_SIZE_BYTES), MAX_GEOMETRY_SECTORS);
  let sectorsPerTrack = 255;
  let heads = 16;
  let tracks = sectors / sectorsPerTrack;
  if (sectors < LARGE_GEOMETRY_SECTORS) {
    sectorsPerTrack = 17;
    tracks = sectors / sectorsPerTrack;
    heads = Math.max(4, Math.floor((tracks + 1023) / 1024));
    for (const next of [31, 63]) {
      if (tracks < heads * 1024 && heads <= 16) break;
      sectorsPerTrack = next;
      heads = 16;
      tracks = sectors / sectorsPerTrack;
    }
  }
  return { cylinders: Math.ceil(tracks / heads), heads, sectorsPerTrack };
}

/** How far an answer about another program can be trusted. */
export type PeerEvidence = 'run' | 'source' | 'derived';

/** One line of "what others make of this size". */
export interface PeerGeometry extends PeerDisk {
  readonly peer: 'qemu' | 'qemuForceSize' | 'xen' | 'virtualBox' | 'virtualBoxChild' | 'vates';
  readonly name: string;
  /** C * H * S * 512. */
  readonly capacityBytes: number;
  readonly evidence: PeerEvidence;
}

/** What each known program writes when asked for a disk of `sizeBytes`; programs that refuse it are left out. */
export function peerGeometries(sizeBytes: number): PeerGeometry[] {
  const peers: PeerGeometry[] = [];
  const add = (
    peer: PeerGeometry['peer'],
    name: string,
    evidence: PeerEvidence,
    disk: PeerDisk | null,
  ): void => {
    if (disk !== null)
      peers.push({ peer, name, ...disk, capacityBytes: capacityBytes(disk.geometry), evidence });
  };
  const asAsked = (geometry: Geometry): PeerDisk => ({ geometry, sizeBytes });
  add('qemu', 'qemu-img create', 'run', qemuGeometry(sizeBytes));
  add('qemuForceSize', 'qemu-img create -o force_size', 'run', qemuForceSizeGeometry(sizeBytes));
  add('xen', 'vhd-util create (Xen)', 'source', xenCreatedDisk(sizeBytes));
  add('virtualBox', 'VirtualBox', 'source', asAsked(virtualBoxGeometry(sizeBytes)));
  add('virtualBoxChild', 'VirtualBox, differencing', 'derived', asAsked(virtualBoxChildGeometry(sizeBytes)));
  add('vates', 'Xen Orchestra (vhd-lib)', 'run', asAsked(vatesGeometry(sizeBytes)));
  return peers;
}
