import t from "tap";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import { authorize, redeem, refresh, register, tokensOf } from "./support/client.ts";

t.test("registers a client, completes consent and sign-in, issues tokens and refreshes them", async (t) => {
  const setup = await setUpAuthServer(t);
  const origin = await setup.serve();
  const client = await register(origin);
  const code = await authorize(origin, client, setup.user());

  const first = await redeem(origin, code);
  t.match(first, {
    status: 200,
    body: { token_type: "Bearer", expires_in: 86_400, scope: "forgejo:read forgejo:write" },
  });
  const second = await refresh(origin, client, tokensOf(first).refreshToken);
  t.equal(second.status, 200);
  t.notSame(tokensOf(second), tokensOf(first));
});
