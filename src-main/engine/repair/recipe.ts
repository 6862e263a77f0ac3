import type { Finding } from '../../../src-shared/model/finding';
import type { RepairOption, RepairRisk } from '../../../src-shared/model/repair-plan';
import type { MayOpen } from '../chain/may-open';
import type { VhdMetadata } from '../disk/metadata';
import type { RandomAccessFile } from '../io';

/** What a recipe looks at and writes to: the image as the items before it leave it, in memory only. */
export interface RepairContext {
  readonly file: RandomAccessFile;
  /** Of `file`, read anew for each item. */
  readonly metadata: VhdMetadata;
  readonly finding: Finding;
  /** A new random-looking id, the same for the same image in the same state, so that a preview is what is applied. */
  readonly newUniqueId: () => string;
  /** Seconds since 2000-01-01 UTC of the image's last modification: a stand-in for a creation time that is lost. */
  readonly modifiedSeconds: number;
  /** For the turns of long loops: lets signals and messages in. @throws AppError `cancelled`. */
  readonly breathe: () => Promise<void>;
  /** Asked before another file is looked at; all are allowed unless given. */
  readonly mayOpen?: MayOpen | undefined;
}

/** What a recipe can do about a finding, as the image stands. */
export interface RepairOffer {
  readonly title: string;
  readonly detail: string;
  /** Without options: of the one thing it does. */
  readonly risk: RepairRisk;
  /** The outcome is certain: it is done unless the person says otherwise. */
  readonly certain: boolean;
  /** The file itself proves the outcome, whatever the check's finding thought of it. */
  readonly proven?: boolean | undefined;
  /** Alternatives. The first is taken where the offer is certain and none was chosen. */
  readonly options?: readonly RepairOption[] | undefined;
  readonly assumptions?: readonly string[] | undefined;
  /** Writes the change to `context.file`. `option` is one of `options`, or null without. */
  readonly apply: (option: string | null) => Promise<void>;
}

/** How findings of some codes are mended. */
export interface RepairRecipe {
  /** Codes of findings it answers. */
  readonly codes: readonly string[];
  /** One change answers all of its codes: one item, under the first of them that was found. */
  readonly isOne?: boolean | undefined;
  /** Codes whose items are applied before, and without which this one cannot be. */
  readonly dependsOn?: readonly string[] | undefined;
  /** Null where nothing can be done, or nothing is left to do. */
  readonly offer: (context: RepairContext) => Promise<RepairOffer | null> | RepairOffer | null;
}
