import { checkImage, type CheckOptions } from '../../../src-main/engine/check';
import { readMetadata } from '../../../src-main/engine/disk/metadata';
import type { CheckReport } from '../../../src-shared/model/check-report';
import type { Finding, Severity } from '../../../src-shared/model/finding';
import { buildVhd, type VhdKnobs } from '../../support/vhd-builder';

/** An image that a rule must speak up about, and exactly what else is found with it. */
export interface RuleCase {
  readonly code: string;
  /** What is wrong with the image. */
  readonly name: string;
  readonly image: VhdKnobs;
  /** Name of the file; `built.vhd` unless given. */
  readonly fileName?: string;
  readonly deep?: boolean;
  /** Codes of further findings that this damage brings with it. None unless given. */
  readonly also?: readonly string[];
  readonly severity?: Severity;
  readonly repair?: Finding['repair'];
  /** Field that the evidence names. */
  readonly field?: string;
  readonly cause?: RegExp;
  readonly count?: number;
}

/** Shortly after the timestamps that the builder writes. */
export const NOW_SECONDS = 800_100_000;
export const MIB = 1024 * 1024;

export async function checkBuilt(
  image: VhdKnobs,
  options: CheckOptions & { readonly fileName?: string } = {},
): Promise<CheckReport> {
  const { fileName, ...rest } = options;
  const file = await buildVhd(image).file(fileName, false);
  return checkImage({ file, metadata: await readMetadata(file) }, { nowSeconds: NOW_SECONDS, ...rest });
}

export const FIXED: VhdKnobs = { type: 'fixed', sizeBytes: 4 * MIB, data: new Uint8Array(1024).fill(7) };
export const DYNAMIC: VhdKnobs = {
  type: 'dynamic',
  sizeBytes: 8 * MIB,
  blocks: [
    { index: 0, data: 1 },
    { index: 2, data: 2 },
  ],
};
export const EMPTY: VhdKnobs = { type: 'dynamic', sizeBytes: 8 * MIB };
export const PARENT_ID = '11111111-2222-4333-8444-555555555555';
export const CHILD: VhdKnobs = {
  type: 'differencing',
  sizeBytes: 8 * MIB,
  header: { parentId: PARENT_ID, parentName: 'parent.vhd' },
  locators: [
    { platform: 'W2ru', data: '.\\parent.vhd' },
    { platform: 'W2ku', data: 'C:\\vm\\parent.vhd' },
  ],
  blocks: [{ index: 1, data: 3, bitmap: [0, 1, 2] }],
};
