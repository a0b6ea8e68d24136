import t from "tap";
import { startRig } from "../support/running-auth-server.ts";
import { authorize, redeem, refresh, register, tokensOf, type ParsedResponse } from "../support/client.ts";

const rounds = 20;
const requests = 50;

const rig = await startRig(t);
const origins = [(await rig.spawn()).origin, (await rig.spawn()).origin];
const client = await register(rig.issuer);
const person = rig.person();

/** The same request fifty times at once, to both processes in turn. */
function flood(send: (origin: string) => Promise<ParsedResponse>): Promise<ParsedResponse[]> {
  return Promise.all(Array.from({ length: requests }, (_, i) => send(origins[i % origins.length]!)));
}

void t.test(`${requests} redemptions of one code over two processes: one succeeds`, async (t) => {
  for (let round = 0; round < rounds; round += 1) {
    const code = await authorize(rig.issuer, client, person);
    const answers = await flood((origin) => redeem(origin, code));
    const winners = answers.filter((answer) => answer.status === 200);
    const losers = answers.filter(
      (answer) => answer.status === 400 && answer.body["error"] === "invalid_grant",
    );
    t.same([winners.length, losers.length], [1, requests - 1]);
    const { refreshToken } = tokensOf(winners[0]!);
    t.equal((await refresh(origins[1]!, client, refreshToken)).status, 200, "the winner's tokens work");
  }
});

void t.test(`${requests} refreshes of one token over two processes: one successor`, async (t) => {
  let { refreshToken } = tokensOf(await redeem(rig.issuer, await authorize(rig.issuer, client, person)));
  for (let round = 0; round < rounds; round += 1) {
    const answers = await flood((origin) => refresh(origin, client, refreshToken));
    const successors = new Set(answers.map((answer) => tokensOf(answer).refreshToken));
    t.equal(successors.size, 1);
    [refreshToken = ""] = successors;
  }
});
