/**
 * The text of a request, such as the line to a child: rebuilt, never the client's bytes; without CR and LF, which
 * JSON.stringify escapes. A text is an id as JSON text.
 */
export function serializeRequest(
  id: number | string,
  method: string,
  params: Readonly<Record<string, unknown>> | undefined,
): string {
  const head = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)}`;
  return params === undefined ? `${head}}` : `${head},"params":${JSON.stringify(params)}}`;
}

/** The text of a notification, such as the line to a child. */
export function serializeNotification(method: string, params?: Readonly<Record<string, unknown>>): string {
  const head = `{"jsonrpc":"2.0","method":${JSON.stringify(method)}`;
  return params === undefined ? `${head}}` : `${head},"params":${JSON.stringify(params)}}`;
}
