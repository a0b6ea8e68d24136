import t from "tap";
import type { ForgejoClient } from "../../../src/upstream/forgejo/forgejo-client.ts";
import { countedForgejoClient } from "../../../src/upstream/forgejo/forgejo-metrics.ts";
import { TokenRejectedError } from "../../../src/upstream/errors/token-rejected-error.ts";
import { UpstreamMisconfiguredError } from "../../../src/upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../../../src/upstream/errors/upstream-unavailable-error.ts";

/** The outcomes that are counted for these responses of Forgejo, one request each. */
async function outcomesOf<Operation extends keyof ForgejoClient>(
  operation: Operation,
  ...responses: (Awaited<ReturnType<ForgejoClient[Operation]>> | Error)[]
): Promise<string[]> {
  const outcomes: string[] = [];
  for (const response of responses) {
    const respond = () => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response));
    const client = countedForgejoClient({ [operation]: respond } as unknown as ForgejoClient, {
      onRequest: (name, outcome) => void outcomes.push(`${name} ${outcome}`),
    });
    await (client[operation] as (token: string) => Promise<unknown>)("t").catch(() => undefined);
  }
  return outcomes;
}

t.test("counts a rejected token as such, also where Forgejo's response says so", async (t) => {
  const user = { id: "1", login: "alice", isAdministrator: false } as never;
  t.same(
    await outcomesOf(
      "user",
      { status: "ok", user },
      { status: "rejected" },
      { status: "suspended", message: "" },
    ),
    ["user ok", "user rejected", "user rejected"],
  );
  t.same(await outcomesOf("introspect", { scope: "", sub: undefined }, undefined), [
    "introspect ok",
    "introspect rejected",
  ]);
  t.same(await outcomesOf("teams", [], new UpstreamMisconfiguredError("no scope")), [
    "teams ok",
    "teams misconfigured",
  ]);
  t.same(await outcomesOf("refresh", new TokenRejectedError("used"), new UpstreamUnavailableError("away")), [
    "refresh rejected",
    "refresh unavailable",
  ]);
});
