import t from "tap";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { monitorCommands } from "@fjmcp/testkit/redis/command-monitor";
import { authKeys, prefixOf } from "../../../src/redis/auth-keys.ts";
import { connect, refresh, register } from "../../support/client.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

/** What Redis stores during `requests`, in order: the steps, the redemption of a code, and the tokens. */
async function stored(requests: () => Promise<unknown>): Promise<string[]> {
  const monitor = await monitorCommands(setup.admin);
  await requests();
  const commands = await monitor.commands();
  monitor.close();
  const writes: string[] = [];
  for (const [name = "", key = "", field, ...more] of commands) {
    if (name.startsWith("EVAL") && more.some((one) => one.startsWith(prefixOf(redisKeys.accessToken)))) {
      writes.push("step");
    }
    if (name === "SET" && key.startsWith(prefixOf(redisKeys.accessToken))) writes.push("access token");
    if (name === "HSETNX" && key.startsWith(prefixOf(authKeys.refreshToken)) && field === "payload") {
      writes.push("refresh token");
    }
    if (name === "HSET" && field === "redeemedAtMs") writes.push("redeemed");
  }
  return writes;
}

t.test("stores all tokens of a response in one step", async (t) => {
  const client = await register(origin);
  const connected = Promise.withResolvers<Awaited<ReturnType<typeof connect>>>();
  t.same(
    await stored(async () => connected.resolve(await connect(origin, setup.user(), client))),
    ["step", "redeemed", "access token", "refresh token"],
    "for a code",
  );
  const { refreshToken } = await connected.promise;
  t.same(
    await stored(() => refresh(origin, client, refreshToken)),
    ["step", "access token", "refresh token"],
    "for a refresh token",
  );
  const short = await register(origin, { grant_types: ["authorization_code"] });
  t.same(
    await stored(() => connect(origin, setup.user(), short)),
    ["step", "redeemed", "access token"],
    "for a code of a client without refresh tokens",
  );
});
