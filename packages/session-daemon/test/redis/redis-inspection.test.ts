import { Redis } from "ioredis";
import t from "tap";
import { Secret } from "@fjmcp/shared/config/secret";
import { inspectRedis } from "@fjmcp/shared/redis/redis-inspection";
import { startPrivateRedis } from "@fjmcp/testkit/redis/private-redis";
import { redisRights } from "../../src/redis/redis-rights.ts";

const redis = await startPrivateRedis({ appendOnly: true });
t.teardown(() => redis.close());
const admin = new Redis(redis.unrestricted);
t.teardown(() => admin.disconnect());
const { username, password } = redis.sessionDaemon;

/** What is found but good, after the rules were added to those of `deploy/redis.acl`. */
async function findingsWith(...rules: string[]) {
  const name = `with ${rules.join(" ")}`.replaceAll(" ", "_");
  const deployed = (await admin.acl("LIST")).find((line) => line.startsWith(`user ${username} `))!;
  const own = deployed.split(" ").slice(2);
  await admin.acl("SETUSER", name, ...own, ...rules);
  const endpoint = { address: { path: redis.socketPath }, username: name, password: new Secret(password) };
  const { findings } = await inspectRedis(endpoint, redisRights);
  return findings.filter(({ level }) => level !== "ok");
}

t.test("finds the rights of the deployed ACL good, and changes nothing", async (t) => {
  t.same(await findingsWith(), []);
  t.equal(await admin.dbsize(), 0);
});

t.test("warns of each right that would make it as powerful as the auth-server", async (t) => {
  for (const [rules, command] of [
    [["~token:*"], "SET token:access:rights-probe"],
    [["~grant:*"], "SET grant:rights-probe"],
    [["%R~*"], "GET upstream:rights-probe, GET token:refresh:rights-probe"],
    [["+eval"], "EVAL return 0"],
    [["+flushall"], "FLUSHALL"],
  ] as const) {
    const [finding, ...others] = await findingsWith(...rules);
    t.match(finding, { level: "warning" }, rules[0]);
    t.match(finding?.text, `may also run ${command}`);
    t.same(others, []);
  }
  t.equal(await admin.dbsize(), 0);
});

t.test("names each right that is missing, and warns of a channel that is", async (t) => {
  t.match(await findingsWith("-hset", "-smembers"), [
    { level: "fault", text: /^FJMCP_REDIS_SESSION_USERNAME: \S+ may not run HSET .*, SMEMBERS / },
  ]);
  t.match(await findingsWith("resetchannels"), [
    { level: "warning", text: /may not subscribe to __redis__:invalidate, so that every request reads/ },
  ]);
});
