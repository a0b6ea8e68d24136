/**
 * The requests that go on to a child. A list of the known rather than of the refused: a method that a later revision
 * or an extension brings may need state that a shared child can not keep (tasks, subscriptions, log levels), so it is
 * −32601 until it has been thought through. What the child itself does not offer, it answers with −32601 too.
 */
export const forwardedMethods: ReadonlySet<string> = new Set([
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "prompts/get",
  "completion/complete",
]);
