/** Milliseconds since the epoch. Logic that depends on the time takes one, so that a test can control it. */
export type Clock = () => number;
