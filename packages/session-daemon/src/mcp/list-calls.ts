import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { Authenticated } from "../auth/authenticator.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { filterList, type ListMethod } from "../policy/filter-list.ts";
import { FilteredLists, filteredListLimits } from "../policy/filtered-lists.ts";
import { KnownPages } from "../policy/known-pages.ts";
import { accessKey, type ToolAccess } from "../policy/tool-access.ts";
import type { ToolPolicy } from "../policy/tool-policy.ts";
import type { Call, CallSink, Recheck } from "../worker/call.ts";
import { toolNames } from "../worker/mcp-client/read-list.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { toolsForSession } from "./results-for-sessions.ts";
import { FilteringSink, listIdJson, resultChunks, type ListFilter } from "./filtering-sink.ts";

const maxCursorLength = 200;

/**
 * Requests for lists. Each is filtered by the policy. That of the tools is kept, and the child is not asked again until
 * its list changes.
 */
export class ListCalls {
  readonly #pool: WorkerPool;
  readonly #policy: ToolPolicy;
  readonly #onTools: (tools: readonly string[]) => void;
  readonly #pages = new KnownPages();
  readonly #filtered = new FilteredLists(filteredListLimits);

  /** `onTools` is called with the names of the tools of each page that a child of one session has listed: the pool reports others. */
  constructor(pool: WorkerPool, policy: ToolPolicy, onTools: (tools: readonly string[]) => void) {
    this.#pool = pool;
    this.#policy = policy;
    this.#onTools = onTools;
  }

  /** Runs the request; undefined when the sink has its response already. */
  call(
    authenticated: Authenticated,
    method: ListMethod,
    request: ClientRequest,
    sink: CallSink,
    recheck: Recheck,
  ): Call | undefined {
    const { caller, access } = authenticated;
    if (method === "tools/list") return this.#listTools(authenticated, request, sink, recheck);
    if (this.#policy.showsAll(access)) return this.#pool.call(caller, request, sink, recheck);
    const filter: ListFilter = (result) => this.#filter(access, method, result);
    return this.#ask(authenticated, request, sink, filter, recheck);
  }

  /** To be called when the list of tools of a grant's child has changed, or may have. */
  toolsChanged(grantId: GrantId): void {
    this.#pages.clear(grantId);
  }

  #listTools(
    authenticated: Authenticated,
    request: ClientRequest,
    sink: CallSink,
    recheck: Recheck,
  ): Call | undefined {
    const { caller, owner, access } = authenticated;
    // A child that serves one session may have a list of its own.
    const isShared = this.#pool.sessions === undefined || sink.session === undefined;
    const cursor = isShared ? cursorOf(request) : undefined;
    const pages = this.#pages.of(owner);
    const digest = cursor === undefined ? undefined : pages.get(cursor);
    // A child's revision is known once a worker has started.
    const isConverted = () => this.#pool.childEra === "stateless" && sink.session !== undefined;
    const kept =
      digest === undefined ? undefined : this.#filtered.get(this.#keyOf(digest, access, isConverted()));
    if (kept === undefined) {
      const filter: ListFilter = (result, ofPage) => {
        if (!isShared) this.#onTools(toolNames([result]));
        if (cursor !== undefined) KnownPages.add(pages, cursor, ofPage);
        return this.#filterOnce(access, owner.accountId, result, ofPage, isConverted());
      };
      return this.#ask(authenticated, request, sink, filter, recheck);
    }
    const rejection = this.#pool.rejection(caller);
    if (rejection === undefined) sink.response(resultChunks(request.idJson, kept), "ok");
    else sink.failed(rejection);
    return undefined;
  }

  #ask(
    { caller }: Authenticated,
    request: ClientRequest,
    sink: CallSink,
    filter: ListFilter,
    recheck: Recheck,
  ): Call {
    const filtering = new FilteringSink(sink, request.idJson, filter);
    return this.#pool.call(caller, { ...request, idJson: listIdJson }, filtering, recheck);
  }

  #filterOnce(
    access: ToolAccess,
    accountId: AccountId,
    result: Record<string, unknown>,
    digest: string,
    isConverted: boolean,
  ): Buffer {
    const key = this.#keyOf(digest, access, isConverted);
    const kept = this.#filtered.get(key);
    if (kept !== undefined) return kept;
    const list = this.#filter(access, "tools/list", isConverted ? toolsForSession(result) : result);
    this.#filtered.set(key, accountId, list);
    return list;
  }

  #filter(access: ToolAccess, method: ListMethod, result: Record<string, unknown>): Buffer {
    return Buffer.from(JSON.stringify(filterList(this.#policy, access, method, result)));
  }

  /** `isConverted`: for clients of a revision before the child's. */
  #keyOf(digest: string, access: ToolAccess, isConverted: boolean): string {
    return `${digest} ${this.#policy.table.name} ${accessKey(access)}${isConverted ? " converted" : ""}`;
  }
}

/** The page that is requested, "" for the first; undefined for a request whose result may depend on more. */
function cursorOf({ params = {} }: ClientRequest): string | undefined {
  const { cursor = "", _meta, ...others } = params;
  const isPlain = typeof cursor === "string" && cursor.length <= maxCursorLength;
  return isPlain && Object.keys(others).length === 0 ? cursor : undefined;
}
