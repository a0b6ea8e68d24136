import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";

export interface BrowserResponse {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** Sends one request, without following redirects. `fetch` would replace the browser's Sec-Fetch headers by its own. */
export async function sendRequest(request: {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}): Promise<BrowserResponse> {
  const { method, url, headers, body } = request;
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const outgoing = send(url, { method, headers, agent: false });
  outgoing.end(body);
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  return {
    url,
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    setCookies: incoming.headers["set-cookie"] ?? [],
    body: await text(incoming),
  };
}
