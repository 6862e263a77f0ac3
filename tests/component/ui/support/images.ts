import type { CheckReport, Finding, ImageInfo, RepairPlan } from '../../../../src-shared/model';

export const FINDING: Finding = {
  code: 'footer-checksum',
  severity: 'error',
  title: 'The footer fails its checksum',
  detail: 'The copy at the start is sound and decides.',
  hint: 'Repair it.',
  count: 1,
  where: { structure: 'footer', offset: 2048, length: 512 },
  examples: [],
  guestRanges: [],
  repair: 'automatic',
  source: 'Hard Disk Footer Format',
};

/** A small dynamic disk, broken or sound. */
export function imageInfo(broken: boolean): ImageInfo {
  const findings = broken ? [FINDING] : [];
  return {
    path: '/images/web.vhd',
    format: 'vhd',
    type: 'dynamic',
    virtualSizeBytes: 67125248,
    originalSizeBytes: 67125248,
    fileSizeBytes: 2560,
    diskUsageBytes: 4096,
    geometry: { cylinders: 964, heads: 8, sectorsPerTrack: 17, capacityBytes: 67125248 },
    features: 2,
    hidden: false,
    savedState: false,
    creator: { application: 'win', versionMajor: 10, versionMinor: 0, hostOs: 'Wi2k' },
    uniqueId: '7eb4d2f0-75b7-4333-b8c0-072052e62f74',
    createdAt: '2026-11-23T10:52:50Z',
    blockSizeBytes: 2097152,
    headerOffset: 512,
    batOffset: 1536,
    maxTableEntries: 33,
    alignmentBytes: null,
    batmap: null,
    blocks: { total: 33, allocated: 0 },
    checksums: {
      footer: { stored: broken ? '0x00ffede4' : '0xffffede4', computed: '0xffffede4', valid: !broken },
      footerCopy: { stored: '0xffffede4', computed: '0xffffede4', valid: true },
      dynamicHeader: { stored: '0xfffff456', computed: '0xfffff456', valid: true },
    },
    parent: null,
    sizesByReader: { currentSize: 67125248, chs: 67125248, qemuUpTo9: 67125248, qemuFrom10: 67125248 },
    health: { errors: broken ? 1 : 0, warnings: 0, notes: 0 },
    findings,
  };
}

const READS = { verdict: 'reads', why: 'It takes the current size.' } as const;

export function checkReport(broken: boolean): CheckReport {
  return {
    path: '/images/web.vhd',
    verdict: broken ? 'errors' : 'clean',
    findings: broken ? [FINDING] : [],
    readers: {
      'qemu-up-to-9': READS,
      'qemu-from-10': READS,
      'hyper-v': broken ? { verdict: 'refuses', why: 'The footer fails its checksum.' } : READS,
      virtualbox: READS,
      'virtual-pc': READS,
      azure: { verdict: 'refuses', why: 'It takes fixed disks only.' },
      xen: READS,
      '7-zip': READS,
    },
    levels: { deep: false, chain: false },
  };
}

export function repairPlan(broken: boolean, journal: string | null = null): RepairPlan {
  return {
    path: '/images/web.vhd',
    plan: broken
      ? [
          {
            code: 'footer-checksum',
            title: 'Restore the footer from the footer copy',
            detail: 'The copy is sound.',
            risk: 'none',
            selected: true,
            options: [],
            chosen: null,
            dependsOn: [],
            changes: [{ offset: 2112, before: '00', after: 'ff', lengthBytes: 1 }],
            assumptions: [],
          },
        ]
      : [],
    currentVerdict: broken ? 'errors' : 'clean',
    predictedVerdict: 'clean',
    remaining: [],
    applied: journal !== null,
    journal,
    stateToken: 'state-1',
    fileSizeBeforeBytes: 2560,
    fileSizeAfterBytes: 2560,
  };
}
