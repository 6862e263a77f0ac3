/** One step of a WizardFrame. */
export interface WizardStep<S extends string = string> {
  readonly id: S;
  /** Short, for the line of steps. */
  readonly title: string;
  /** The question the step asks, as its heading. */
  readonly heading?: string | undefined;
  /** Why one cannot go on yet. */
  readonly blockedReason?: string | null | undefined;
}
