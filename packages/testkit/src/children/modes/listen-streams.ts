import { existsSync } from "node:fs";
import type { Message, StdioServer } from "../stdio-server.ts";
import { waitForRemoval } from "../wait-for-removal.ts";

interface Filter {
  readonly toolsListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
}

const subscriptionId = "io.modelcontextprotocol/subscriptionId";
const complete = { resultType: "complete" };

/** The streams of `subscriptions/listen` (2026-07-28) of a stub. */
export class ListenStreams {
  /** By the id of the request. */
  readonly #streams = new Map<unknown, Filter>();

  /** The filters of the streams that are open. */
  get filters(): readonly Filter[] {
    return [...this.#streams.values()];
  }

  /**
   * It rejects the request for a URI that begins with `reject:`, and for `gone:` while the file exists that it names; it
   * leaves `omit:` out of the acknowledgement, and holds that for `hold:` while the file exists.
   */
  async open(server: StdioServer, { id, params }: Message): Promise<void> {
    const filter = params?.notifications as Filter;
    const uris = filter.resourceSubscriptions ?? [];
    const rejected = uris.find(
      (uri) =>
        uri.startsWith("reject:") || (uri.startsWith("gone:") && existsSync(uri.slice("gone:".length))),
    );
    if (rejected !== undefined) return server.fail(id, -32602, `No such resource: ${rejected}`);
    for (const uri of uris) if (uri.startsWith("hold:")) await waitForRemoval(uri.slice("hold:".length));
    const notifications = {
      ...filter,
      ...(uris.length > 0 && { resourceSubscriptions: uris.filter((uri) => !uri.startsWith("omit:")) }),
    };
    this.#streams.set(id, notifications);
    send(server, id, "notifications/subscriptions/acknowledged", { notifications });
  }

  cancel({ params }: Message): void {
    this.#streams.delete(params?.requestId);
  }

  toolsChanged(server: StdioServer): void {
    for (const [id, { toolsListChanged }] of this.#streams)
      if (toolsListChanged === true) send(server, id, "notifications/tools/list_changed", {});
  }

  /** Returns on how many streams the update was sent. */
  updated(server: StdioServer, uri: string): number {
    const ids = [...this.#streams.keys()].filter((id) =>
      this.#streams.get(id)?.resourceSubscriptions?.includes(uri),
    );
    for (const id of ids) send(server, id, "notifications/resources/updated", { uri });
    return ids.length;
  }

  /** Ends all streams, by a result or by a notification. */
  end(server: StdioServer, byNotification: boolean): void {
    for (const id of this.#streams.keys()) {
      if (byNotification) server.send({ method: "notifications/cancelled", params: { requestId: id } });
      else server.respond(id, { ...complete, _meta: { [subscriptionId]: id } });
    }
    this.#streams.clear();
  }
}

function send(server: StdioServer, id: unknown, method: string, params: object): void {
  server.send({ method, params: { ...params, _meta: { [subscriptionId]: id } } });
}
