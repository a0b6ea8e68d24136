import type { Clock } from "@fjmcp/shared/clock";

/** A clock that stands still until a test moves it. */
export interface ManualClock {
  readonly clock: Clock;
  readonly advance: (ms: number) => void;
}

export function manualClock(): ManualClock {
  let nowMs = Date.now();
  return {
    clock: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
