/**
 * Calls of one grant that run or wait at once. A person's agents have a dozen; a client that loops would fill our
 * memory and keep the child from everything else.
 */
export const maxCallsPerGrant = 256;
