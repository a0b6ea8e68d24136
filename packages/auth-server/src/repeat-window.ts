/**
 * How long the browser that finished a login can repeat its last steps, from our callback to the redirect to the client,
 * with the same result, in seconds: for a reload, a double click, or two equal requests at once.
 */
export const repeatSec = 10;
