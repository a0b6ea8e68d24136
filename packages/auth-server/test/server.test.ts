import t from "tap";
import { startRig } from "./support/running-auth-server.ts";
import { authorize, redeem, refresh, register, tokensOf } from "./support/client.ts";

t.test("registers a client, completes consent and sign-in, issues tokens and refreshes them", async (t) => {
  const rig = await startRig(t);
  const origin = await rig.serve();
  const client = await register(origin);
  const code = await authorize(origin, client, rig.person());

  const first = await redeem(origin, code);
  t.match(first, {
    status: 200,
    body: { token_type: "Bearer", expires_in: 86_400, scope: "forgejo:read forgejo:write" },
  });
  const second = await refresh(origin, client, tokensOf(first).refreshToken);
  t.equal(second.status, 200);
  t.notSame(tokensOf(second), tokensOf(first));
});
