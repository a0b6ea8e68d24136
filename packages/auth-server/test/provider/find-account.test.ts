import { setImmediate as turn } from "node:timers/promises";
import type { FindAccount } from "oidc-provider";
import t from "tap";
import { createFindAccount } from "../../src/provider/find-account.ts";
import { LoginRequiredError } from "../../src/upstream/errors/login-required-error.ts";
import type { UpstreamToken } from "../../src/upstream/tokens/upstream-tokens.ts";
import { UpstreamUnavailableError } from "../../src/upstream/errors/upstream-unavailable-error.ts";

const refreshToken = { kind: "RefreshToken" } as unknown as Parameters<FindAccount>[2];

function find(fresh: () => Promise<UpstreamToken>) {
  const finder = createFindAccount({ fresh }, 20);
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
