/** Milliseconds since the epoch. Logic that depends on the time gets a Clock, so that a test can control it. */
export type Clock = () => number;
