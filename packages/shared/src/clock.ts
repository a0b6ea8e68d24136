/** Milliseconds since the epoch. Passed wherever logic depends on the time, so that a test can move it. */
export type Clock = () => number;
