import { setImmediate as turn } from "node:timers/promises";
import type { FindAccount } from "oidc-provider";
import t from "tap";
import { createFindAccount } from "../../src/provider/find-account.ts";
import { LoginRequiredError } from "../../src/upstream/errors/login-required-error.ts";
import { UpstreamMisconfiguredError } from "../../src/upstream/errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../../src/upstream/errors/user-suspended-error.ts";
import type { UpstreamToken } from "../../src/upstream/tokens/upstream-tokens.ts";
import { UpstreamUnavailableError } from "../../src/upstream/errors/upstream-unavailable-error.ts";

const refreshToken = { kind: "RefreshToken" } as unknown as Parameters<FindAccount>[2];
const ctx = {
  oidc: { entities: { Grant: { jti: "a-grant", accountId: "7", clientId: "c" } } },
} as unknown as Parameters<FindAccount>[0];

function find(fresh: () => Promise<UpstreamToken>) {
  const finder = createFindAccount({ keepFresh: async () => void (await fresh()) }, 20);
  return finder(ctx, "7", refreshToken);
}

t.test(
  "finds the account of a refresh while Forgejo is unavailable, but not once it is disconnected",
  async (t) => {
    const temporary = [
      new UpstreamUnavailableError("away"),
      new UpstreamMisconfiguredError("wrong secret"),
      new UserSuspendedError("You must change your password."),
    ];
    for (const error of temporary) {
      t.match(await find(() => Promise.reject(error)), { accountId: "7" }, error.name);
    }
    t.equal(await find(() => Promise.reject(new LoginRequiredError("disconnected"))), undefined);
  },
);

t.test("does not wait for a Forgejo that hangs, whatever its later response", async (t) => {
  const late = Promise.withResolvers<UpstreamToken>();
  t.match(await find(() => late.promise), { accountId: "7" });
  late.reject(new LoginRequiredError("disconnected"));
  await turn();
});
