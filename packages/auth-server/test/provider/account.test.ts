import { setImmediate as turn } from "node:timers/promises";
import type { FindAccount } from "oidc-provider";
import t from "tap";
import { accountFinder } from "@fjmcp/auth-server/provider/account";
import { LoginRequiredError } from "@fjmcp/auth-server/upstream/login-required-error";
import type { UpstreamToken } from "@fjmcp/auth-server/upstream/upstream-tokens";
import { UpstreamUnavailableError } from "@fjmcp/auth-server/upstream/upstream-unavailable-error";

const refreshToken = { kind: "RefreshToken" } as unknown as Parameters<FindAccount>[2];

function find(fresh: () => Promise<UpstreamToken>) {
  const finder = accountFinder({ fresh }, { patienceMs: 20 });
  return finder(undefined as unknown as Parameters<FindAccount>[0], "7", refreshToken);
}

t.test("a refresh goes on while Forgejo is away, and is refused when the account is dead", async (t) => {
  t.match(await find(() => Promise.reject(new UpstreamUnavailableError("away"))), { accountId: "7" });
  t.equal(await find(() => Promise.reject(new LoginRequiredError("dead"))), undefined);
});

t.test("a refresh does not wait for a Forgejo that hangs, whatever comes of it later", async (t) => {
  const late = Promise.withResolvers<UpstreamToken>();
  t.match(await find(() => late.promise), { accountId: "7" });
  late.reject(new LoginRequiredError("dead"));
  await turn();
});
