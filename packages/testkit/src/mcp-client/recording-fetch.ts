import type { Fetch } from "../oauth-client/oauth-answer.ts";

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** JSON-RPC methods in the body; empty where there were none. */
  readonly rpcMethods: readonly string[];
  readonly status: number;
}

/** Watches what a client sends: give `fetch` to it instead of the global one. Holds no token and no body. */
export class Wire {
  readonly requests: WireRequest[] = [];
  #openStreams = 0;
  readonly #fetch: Fetch;

  constructor(fetchFn: Fetch = fetch) {
    this.#fetch = fetchFn;
  }

  /** Event streams that a GET opened and nobody has closed yet. */
  get openStreams(): number {
    return this.#openStreams;
  }

  /** How many requests carried this JSON-RPC method and were not refused. */
  count(rpcMethod: string): number {
    return this.requests.filter(({ rpcMethods, status }) => status < 400 && rpcMethods.includes(rpcMethod))
      .length;
  }

  readonly fetch: Fetch = async (url, init = {}) => {
    const response = await this.#fetch(url, init);
    const method = init.method ?? "GET";
    this.requests.push({
      method,
      path: new URL(url).pathname,
      rpcMethods: rpcMethodsIn(init.body),
      status: response.status,
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    return method === "GET" && isStream && response.body !== null ? this.#watched(response) : response;
  };

  #watched(response: Response): Response {
    const reader = response.body!.getReader();
    this.#openStreams += 1;
    let open = true;
    const closed = () => {
      if (open) this.#openStreams -= 1;
      open = false;
    };
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          closed();
          return controller.close();
        } catch (error) {
          closed();
          return controller.error(error);
        }
      },
      async cancel(reason) {
        closed();
        await reader.cancel(reason);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  }
}

function rpcMethodsIn(body: RequestInit["body"]): string[] {
  if (typeof body !== "string" || !body.startsWith("{")) return [];
  try {
    const { method } = JSON.parse(body) as { method?: unknown };
    return typeof method === "string" ? [method] : [];
  } catch {
    return [];
  }
}
