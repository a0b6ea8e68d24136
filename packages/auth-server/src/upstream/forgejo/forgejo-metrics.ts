import type { ForgejoClient } from "./forgejo-client.ts";
import { TokenRejectedError } from "../errors/token-rejected-error.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";

/** `rejected`: Forgejo does not accept a code, a token or a user. */
type ForgejoOutcome = "ok" | "rejected" | "misconfigured" | "unavailable";

/** Counts requests to Forgejo. */
export interface ForgejoMetrics {
  onRequest(operation: keyof ForgejoClient, outcome: ForgejoOutcome, seconds: number): void;
}

/** The client, with its requests counted. */
export function countedForgejoClient(client: ForgejoClient, metrics: ForgejoMetrics): ForgejoClient {
  async function counted<Result>(
    operation: keyof ForgejoClient,
    request: Promise<Result>,
    isRejection: (result: Result) => boolean = () => false,
  ): Promise<Result> {
    const startedMs = performance.now();
    const report = (outcome: ForgejoOutcome) =>
      metrics.onRequest(operation, outcome, (performance.now() - startedMs) / 1000);
    try {
      const result = await request;
      report(isRejection(result) ? "rejected" : "ok");
      return result;
    } catch (error) {
      report(outcomeOf(error));
      throw error;
    }
  }

  return {
    exchangeCode: (code, verifier) => counted("exchangeCode", client.exchangeCode(code, verifier)),
    refresh: (token) => counted("refresh", client.refresh(token)),
    introspect: (token) => counted("introspect", client.introspect(token), (active) => active === undefined),
    user: (token) => counted("user", client.user(token), ({ status }) => status !== "ok"),
    teams: (token, page) => counted("teams", client.teams(token, page)),
  };
}

function outcomeOf(error: unknown): ForgejoOutcome {
  if (error instanceof TokenRejectedError) return "rejected";
  return error instanceof UpstreamMisconfiguredError ? "misconfigured" : "unavailable";
}
