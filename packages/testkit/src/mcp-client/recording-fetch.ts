import type { Fetch } from "../oauth-client/oauth-request.ts";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** JSON-RPC methods in the body; empty when there are none. */
  readonly rpcMethods: readonly string[];
  readonly status: number;
}

/** Records a client's requests: pass `fetch` to the client instead of the global one. Records no token and no body. */
export class RecordingFetch {
  readonly requests: RecordedRequest[] = [];
  #openStreams = 0;
  readonly #fetch: Fetch;

  constructor(fetchFn: Fetch = fetch) {
    this.#fetch = fetchFn;
  }

  /** The number of event streams that a GET opened and that are still open. */
  get openStreams(): number {
    return this.#openStreams;
  }

  /** How many requests with this JSON-RPC method got a status below 400. */
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
    return method === "GET" && isStream && response.body !== null ? this.#tracked(response) : response;
  };

  #tracked(response: Response): Response {
    const reader = response.body!.getReader();
    this.#openStreams += 1;
    let open = true;
    const onClose = () => {
      if (open) this.#openStreams -= 1;
      open = false;
    };
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          onClose();
          return controller.close();
        } catch (error) {
          onClose();
          return controller.error(error);
        }
      },
      async cancel(reason) {
        onClose();
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
