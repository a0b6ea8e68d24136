import { isMcpLogLevel } from "@fjmcp/shared/mcp-log-level";
import { serializeNotification } from "../../jsonrpc/request-serializer.ts";
import type { CallSink, ListKind } from "../call.ts";
import type { ChildListener, ChildNotification } from "../child-listener.ts";
import type { Worker } from "../child/worker.ts";
import type { ChildLog } from "../grant-clients.ts";

/** A larger log message is dropped. */
const maxLogBytes = 256 * 1024;

interface SharedChildListenerDeps {
  readonly onListChanged: (kind: ListKind) => void;
  readonly onLog: (log: ChildLog) => void;
  readonly onResourceUpdated: (uri: string, message: Buffer) => void;
}

/** Reads the notifications of a child that several sessions share; it has no client to make requests to. */
export class SharedChildListener implements ChildListener {
  readonly #worker: Worker;
  readonly #deps: SharedChildListenerDeps;

  constructor(worker: Worker, deps: SharedChildListenerDeps) {
    this.#worker = worker;
    this.#deps = deps;
  }

  onNotification(notification: ChildNotification, call: CallSink | undefined): void {
    const { method, params } = notification;
    if (method === "notifications/message") {
      const message = Buffer.from(serializeNotification(method, params));
      const { level } = params;
      if (isMcpLogLevel(level) && message.length <= maxLogBytes) this.#deps.onLog({ level, message, call });
      return;
    }
    // The successor of a worker that retires reports changes too.
    if (this.#worker.state !== "open") return;
    const list = /^notifications\/(tools|resources|prompts)\/list_changed$/.exec(method)?.[1];
    if (list !== undefined) this.#deps.onListChanged(list as ListKind);
    if (method === "notifications/resources/updated" && typeof params.uri === "string") {
      this.#deps.onResourceUpdated(params.uri, Buffer.from(serializeNotification(method, params)));
    }
  }
}
