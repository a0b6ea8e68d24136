/**
 * The requests that are forwarded to a child. An allow-list: a method of a later revision or of an extension may need
 * state that a shared child cannot keep (tasks), so it is −32601 until it has been analysed
 * (docs/adr/0003). A method that the child itself does not offer is −32601 by its own response.
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

/** The notifications that a session's own child gets; cancellations are matched with their calls. */
export const forwardedNotifications: ReadonlySet<string> = new Set([
  "notifications/initialized",
  "notifications/progress",
  "notifications/roots/list_changed",
]);
