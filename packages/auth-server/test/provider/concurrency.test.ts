import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import type { OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import { authorize, redeem, refresh, register, tokensOf } from "../support/client.ts";

const rounds = 20;
const requests = 50;

const setup = await setUpAuthServer(t);
const unlimited = { FJMCP_RATE_LIMITS: "off" };
const origins = [(await setup.spawn(unlimited)).origin, (await setup.spawn(unlimited)).origin];
const client = await register(setup.issuer);
const user = setup.user();

/** The same request fifty times at once, to both processes in turn. */
function flood(send: (origin: string) => Promise<OAuthResponse>): Promise<OAuthResponse[]> {
  return Promise.all(Array.from({ length: requests }, (_, i) => send(origins[i % origins.length]!)));
}

t.test(`lets one of ${requests} redemptions of a code over two processes succeed`, async (t) => {
  for (let round = 0; round < rounds; round += 1) {
    const code = await authorize(setup.issuer, client, user);
    const responses = await flood((origin) => redeem(origin, code));
    const winners = responses.filter((response) => response.status === 200);
    const losers = responses.filter(
      (response) => response.status === 400 && response.body.error === "invalid_grant",
    );
    t.same([winners.length, losers.length], [1, requests - 1]);
    const { refreshToken } = tokensOf(winners[0]!);
    t.equal((await refresh(origins[1]!, client, refreshToken)).status, 200, "the winner's tokens work");
  }
});

t.test(`gives one successor to ${requests} refreshes of a token over two processes`, async (t) => {
  let { refreshToken } = tokensOf(await redeem(setup.issuer, await authorize(setup.issuer, client, user)));
  for (let round = 0; round < rounds; round += 1) {
    const responses = await flood((origin) => refresh(origin, client, refreshToken));
    const successors = new Set(responses.map((response) => tokensOf(response).refreshToken));
    t.equal(successors.size, 1);
    [refreshToken = ""] = successors;
  }
});
