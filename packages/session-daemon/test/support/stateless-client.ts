import { openStream, request, type EventStream } from "@fjmcp/testkit/mcp-client/http-client";
import type { FixtureGrant } from "./grants.ts";
import type { McpReply } from "./mcp-reply.ts";
import type { RunningDaemon } from "./running-daemon.ts";

export const version = "2026-07-28";

/** The `_meta` that every request of the revision carries. */
export const requestMeta = {
  "io.modelcontextprotocol/protocolVersion": version,
  "io.modelcontextprotocol/clientInfo": { name: "fixture", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

export interface StatelessRequest {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Replaces `requestMeta`; undefined for none. */
  readonly meta?: unknown;
}

type HeaderChanges = Readonly<Record<string, string | undefined>>;

/** A hand-made client of 2026-07-28, for requests that the SDK's would never send. */
export class StatelessClient {
  readonly #daemon: RunningDaemon;
  readonly #grant: FixtureGrant;

  constructor(daemon: RunningDaemon, grant: FixtureGrant) {
    this.#daemon = daemon;
    this.#grant = grant;
  }

  /** Posts a request and waits for the whole response; `headers` that are undefined are left out. */
  post(message: StatelessRequest, headers: HeaderChanges = {}, signal?: AbortSignal): Promise<McpReply> {
    return this.#daemon.mcp({ ...this.#options(message, headers), signal });
  }

  /** Posts a request and reads the response as an event stream. */
  stream(message: StatelessRequest, headers: HeaderChanges = {}): Promise<EventStream> {
    return openStream({ socketPath: this.#daemon.mcpSocket }, this.#options(message, headers));
  }

  /** Posts anything. */
  async raw(body: string, headers: HeaderChanges): Promise<McpReply> {
    const sent = this.#headers(headers);
    return (await request({ socketPath: this.#daemon.mcpSocket }, { headers: sent, body })) as McpReply;
  }

  call(name: string, args: object = {}, more: Partial<StatelessRequest> = {}, headers: HeaderChanges = {}) {
    return this.post({ method: "tools/call", params: { name, arguments: args }, ...more }, headers);
  }

  #options(message: StatelessRequest, changes: HeaderChanges) {
    const { id = 1, method, params = {}, meta = "meta" in message ? undefined : requestMeta } = message;
    const body = {
      jsonrpc: "2.0",
      id,
      method,
      params: meta === undefined ? params : { ...params, _meta: meta },
    };
    const name = (params.name ?? params.uri) as string | undefined;
    const standard = {
      "mcp-protocol-version": version,
      "mcp-method": method,
      "mcp-name": name,
    };
    return { body: JSON.stringify(body), headers: this.#headers({ ...standard, ...changes }) };
  }

  #headers(changes: HeaderChanges): Record<string, string> {
    const headers = {
      authorization: `Bearer ${this.#grant.token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...changes,
    };
    return Object.fromEntries(
      Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
    );
  }
}
