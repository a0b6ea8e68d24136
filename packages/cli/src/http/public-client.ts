import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { rootCertificates } from "node:tls";
import { userAgent } from "@fjmcp/shared/user-agent";

const timeoutMs = 15_000;

export interface PublicRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Only over this version of IP. */
  readonly family?: 4 | 6;
}

/** Sends a request and resolves with the whole response, without following a redirect. */
export type Fetch = (url: string, options?: PublicRequest) => Promise<PublicResponse>;

export interface PublicResponse {
  readonly status: number;
  /** In lower case; of a repeated header each value. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly text: string;
}

/** Sends requests as a client from elsewhere would: over TLS, without following a redirect. */
export class PublicClient {
  readonly #ca: readonly string[] | undefined;

  /** `caFile` holds certificates to be trusted beside the usual ones. */
  constructor(caFile: string | undefined) {
    this.#ca = caFile === undefined ? undefined : [...rootCertificates, readFileSync(caFile, "utf8")];
  }

  /** The whole response. Rejects with Node's error when its head does not come within 15 s, or the rest in 15 s more. */
  async fetch(url: string, options: PublicRequest = {}): Promise<PublicResponse> {
    const incoming = await this.open(url, options);
    const late = setTimeout(
      () => incoming.destroy(new Error(`${url} does not end its response within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    try {
      return { status: incoming.statusCode!, headers: headersOf(incoming), text: await text(incoming) };
    } finally {
      clearTimeout(late);
    }
  }

  /** As `fetch`, but closes the connection after the head: for a stream that does not end. */
  async fetchHead(url: string, options: PublicRequest = {}): Promise<PublicResponse> {
    const incoming = await this.open(url, options);
    incoming.on("error", () => undefined);
    incoming.destroy();
    return { status: incoming.statusCode!, headers: headersOf(incoming), text: "" };
  }

  /** As `fetch`, but resolves with the head; the caller reads or destroys the response. */
  open(
    url: string,
    { method = "GET", headers, body, signal, family }: PublicRequest,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const send = url.startsWith("https:") ? httpsRequest : httpRequest;
      const outgoing = send(url, {
        method,
        headers: { "user-agent": `${userAgent} (doctor)`, ...headers },
        agent: false,
        timeout: timeoutMs,
        ...(this.#ca !== undefined && { ca: [...this.#ca] }),
        ...(signal !== undefined && { signal }),
        ...(family !== undefined && { family }),
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no response within ${timeoutMs / 1000} s`)));
      outgoing.on("error", reject);
      outgoing.on("response", resolve);
      outgoing.end(body);
    });
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[i + 1]!]);
  }
  return headers;
}
