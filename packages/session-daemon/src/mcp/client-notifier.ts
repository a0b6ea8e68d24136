import type { GrantId, Hash } from "@fjmcp/shared/ids";
import { isAtLeast, type McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { SessionLogLevels } from "../session/session-log-levels.ts";
import type { SubscriptionAccess } from "../session/subscription-access.ts";
import type { SubscriptionTable } from "../session/subscription-table.ts";
import type { ListKind } from "../worker/call.ts";
import type { ChildLog, GrantClients } from "../worker/grant-clients.ts";
import { listChanged } from "./list-changed.ts";

/** The level of a session whose client has set none: the server decides (MCP 2025-11-25, "Setting Log Level"). */
const defaultLevel: McpLogLevel = "info";

/** Brings what a shared child sends by itself to the streams of the grant's sessions: each message on one of a session's. */
export class ClientNotifier implements GrantClients {
  readonly #exchanges: ActiveExchanges;
  readonly #levels: SessionLogLevels;
  readonly #subscriptions: SubscriptionTable;
  readonly #access: Pick<SubscriptionAccess, "allows">;

  constructor(
    exchanges: ActiveExchanges,
    levels: SessionLogLevels,
    subscriptions: SubscriptionTable,
    access: Pick<SubscriptionAccess, "allows">,
  ) {
    this.#access = access;
    this.#exchanges = exchanges;
    this.#levels = levels;
    this.#subscriptions = subscriptions;
  }

  onListChanged(grantId: GrantId, kind: ListKind): void {
    this.#exchanges.broadcast(grantId, listChanged(kind));
  }

  /**
   * A message that can only belong to one call goes to its session alone, with the call if it can. A request without a session
   * gets no other, and only if it has named a level (MCP 2026-07-28, "Logging").
   */
  onLog(grantId: GrantId, { level, message, call }: ChildLog): void {
    const isWanted = (session: Hash) => isAtLeast(level, this.#levels.of(session) ?? defaultLevel);
    if (call === undefined) {
      this.#exchanges.broadcast(grantId, message, isWanted);
    } else if (call.session === undefined) {
      if (call.logLevel !== undefined && isAtLeast(level, call.logLevel))
        call.related?.(message, "notification");
    } else if (isWanted(call.session) && call.related?.(message, "notification") !== true) {
      const { session } = call;
      this.#exchanges.broadcast(grantId, message, (one) => one === session);
    }
  }

  onResourceUpdated(grantId: GrantId, uri: string, message: Buffer): void {
    // It may be a part of what was subscribed to.
    if (this.#access.allows(grantId, uri)) this.#subscriptions.deliver(grantId, uri, message);
  }

  logLevel(grantId: GrantId): McpLogLevel | undefined {
    return this.#levels.mostVerbose(grantId);
  }

  subscribedUris(grantId: GrantId): Iterable<string> {
    return this.#subscriptions.uris(grantId);
  }

  awaitsUpdates(grantId: GrantId): boolean {
    return this.#subscriptions.isListening(grantId);
  }
}
