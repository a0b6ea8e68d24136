/** The real time plus what a test adds. */
export function shiftedClock() {
  let shiftMs = 0;
  return {
    clock: () => Date.now() + shiftMs,
    advance: (seconds: number) => {
      shiftMs += seconds * 1000;
    },
  };
}
