/** A place in both sides' bytes to go to. */
export interface BytePlace {
  readonly offset: number;
  /** Counted in the disks that a guest sees, not in the files. */
  readonly guest: boolean;
  /** Go on from there to the first byte that differs. */
  readonly seek?: boolean;
}
