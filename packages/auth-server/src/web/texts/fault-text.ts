/** A fault and what to do about it. */
export interface FaultText {
  readonly title: string;
  readonly detail: string;
  readonly advice: string;
}
