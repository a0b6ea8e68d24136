import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorize, connect, redeem, refresh, register, revoke, tokensOf } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const [first, second] = [await setup.spawn(), await setup.spawn()];

t.test("serves each step of one login and grant from another process", async (t) => {
  const client = await register(second.origin);
  const code = await authorize(first.origin, client, setup.user());
  const tokens = tokensOf(await redeem(second.origin, code, { resource: `${setup.issuer}/mcp` }));
  const next = tokensOf(await refresh(first.origin, client, tokens.refreshToken));
  t.equal(
    tokensOf(await refresh(second.origin, client, tokens.refreshToken)).refreshToken,
    next.refreshToken,
    "both derive the one successor",
  );
  await revoke(second.origin, client, next.accessToken);
  t.equal((await refresh(first.origin, client, next.refreshToken)).status, 400);
});

t.test("keeps grants alive when a process ends", async (t) => {
  const client = await connect(first.origin, setup.user());
  await first.process.kill("SIGKILL");
  t.equal((await refresh(second.origin, client, client.refreshToken)).status, 200);
});
