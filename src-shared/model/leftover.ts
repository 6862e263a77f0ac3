/** An unfinished new file of a run that was killed: of no use to anybody, and offered for removal. */
export interface LeftoverFile {
  readonly id: string;
  readonly displayPath: string;
  /** What it was to become; that file was never made. */
  readonly targetPath: string;
  readonly sizeBytes: number;
}
