import type { Clock } from "@fjmcp/shared/clock";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { Principal } from "@fjmcp/shared/principal";
import { listKinds, type ListKind } from "../call.ts";
import type { Worker } from "../child/worker.ts";
import type { GrantClients } from "../grant-clients.ts";
import { ListChangeDetector, type ListDigests } from "../mcp-client/list-change-detector.ts";
import { paramHeadersOf, type ParamHeaders } from "../mcp-client/param-headers.ts";
import { readList, toolNames } from "../mcp-client/read-list.ts";
import { SharedChildListener } from "../mcp-client/shared-child-listener.ts";

interface GrantListsDeps {
  readonly owner: Principal;
  readonly clients: GrantClients;
  readonly clock: Clock;
  /** A list may have changed; it is called before `clients.onListChanged`. */
  readonly onListStale: (kind: ListKind) => void;
  /** Called with the names of all tools that the child lists. */
  readonly onTools: (tools: readonly string[]) => void;
}

/** What is known of the lists of a grant's child, over all its workers. */
export class GrantLists {
  readonly #deps: GrantListsDeps;
  readonly #digests: ListDigests = new Map();
  #paramHeaders: ParamHeaders | undefined;
  /** It belongs to the newest worker. */
  #detector: ListChangeDetector | undefined;

  constructor(deps: GrantListsDeps) {
    this.#deps = deps;
  }

  /** The headers that repeat arguments of the child's tools; undefined until they are read, and after tools changed. */
  get paramHeaders(): ParamHeaders | undefined {
    return this.#paramHeaders;
  }

  /**
   * From the list that is being read of the newest worker; where none is, from that of this worker. Resolves with none,
   * and does not keep that, when the child does not list its tools.
   */
  async readParamHeaders(worker: Worker): Promise<ParamHeaders> {
    await this.#detector?.settled("tools");
    if (this.#paramHeaders !== undefined) return this.#paramHeaders;
    const pages = await readList(worker, "tools").catch(() => undefined);
    if (pages === undefined) return new Map();
    this.#paramHeaders = paramHeadersOf(pages);
    return this.#paramHeaders;
  }

  /** Reads the lists of a new worker. The listener is for what its child sends from now on. */
  watch(worker: Worker, { capabilities }: InitializeResult): SharedChildListener {
    const { clients, clock, onListStale, onTools, owner } = this.#deps;
    const detector = new ListChangeDetector(worker, {
      clock,
      digests: this.#digests,
      onChange: (kind) => this.#handleChanged(kind),
      onStale: onListStale,
      onToolsListed: (pages) => {
        onTools(toolNames(pages));
        this.#paramHeaders = paramHeadersOf(pages);
      },
    });
    this.#detector = detector;
    detector.start(capabilities);
    return new SharedChildListener(worker, {
      onListChanged: (kind) => detector.onListChanged(kind),
      onLog: (log) => clients.onLog(owner.grantId, log),
      onResourceUpdated: (uri, message) => clients.onResourceUpdated(owner.grantId, uri, message),
    });
  }

  /** All lists of the child may have changed. */
  reportAll(): void {
    // So that a difference in the new worker's lists is not reported a second time.
    this.#digests.clear();
    for (const kind of listKinds) {
      this.#deps.onListStale(kind);
      this.#handleChanged(kind);
    }
  }

  #handleChanged(kind: ListKind): void {
    if (kind === "tools") this.#paramHeaders = undefined;
    const { clients, owner } = this.#deps;
    clients.onListChanged(owner.grantId, kind);
  }
}
