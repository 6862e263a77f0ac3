import type { Tone } from './status';

/** One row of a FactList. */
export interface Fact {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** The same value said another way, in quieter ink. */
  readonly secondary?: string | undefined;
  readonly mono?: boolean;
  /** What the copy button gives, where it is not shown as such. */
  readonly copy?: string | undefined;
  readonly tone?: Tone | undefined;
  readonly toneLabel?: string | undefined;
}
