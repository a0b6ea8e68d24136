/** A request as a child gets it: rebuilt, never the client's bytes; without CR and LF (JSON.stringify escapes both). */
export function serializeRequest(
  id: number,
  method: string,
  params: Readonly<Record<string, unknown>> | undefined,
): string {
  const head = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)}`;
  return params === undefined ? `${head}}` : `${head},"params":${JSON.stringify(params)}}`;
}

/** The same without an id. */
export function serializeNotification(method: string, params?: Readonly<Record<string, unknown>>): string {
  const head = `{"jsonrpc":"2.0","method":${JSON.stringify(method)}`;
  return params === undefined ? `${head}}` : `${head},"params":${JSON.stringify(params)}}`;
}
