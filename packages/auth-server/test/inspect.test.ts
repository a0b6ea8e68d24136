import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import { runToEnd } from "./support/run-to-end.ts";

const setup = await setUpAuthServer(t);
const run = (env: Record<string, string>, ...args: string[]) => runToEnd(setup, env, ...args);
const file = (name: string, text: string) => {
  writeFileSync(join(setup.directory, name), text);
  return join(setup.directory, name);
};

t.test("--check looks at both applications, and names the one that is wrong", async (t) => {
  const both = setup.readOnlyApp.environment;
  const good = await run(both, "--check");
  t.equal(good.code, 0);
  t.match(good.output, /^ok: Forgejo responds and accepts the client id and secret$/m);
  t.match(good.output, /^ok: Forgejo accepts the client id and secret of the second application$/m);

  const other = await setup.forgejo.createApp({
    name: "other",
    redirectUris: ["https://other.example/callback"],
  });
  const [secret, application, redirect] = await Promise.all([
    run({
      ...both,
      FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: file("wrong-read-only-secret", "gto_wrong"),
    }),
    run({ ...both, FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: "11111111-1111-1111-1111-111111111111" }),
    run(
      {
        FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: other.clientId,
        FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: file("other-secret", other.clientSecret),
      },
      "--check",
    ),
  ]);
  t.match(secret, { code: 78, output: /FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: \S+ rejects the secret/ });
  t.match(application, {
    code: 78,
    output: /FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: \S+ has no application 1111/,
  });
  t.match(redirect, { code: 78, output: /FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: .* not have the redirect URI/ });

  const { FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: _id, ...secretAlone } = both;
  const unused = await run(secretAlone, "--check");
  t.match(unused, { code: 0, output: /^warning: FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: there is a/m });
});

t.test(
  "--check names the scope, and warns of toolsets that users are not offered for lack of it",
  async (t) => {
    const check = async (scope: string, more: Record<string, string> = {}) =>
      (await run({ ...more, FJMCP_FORGEJO_SCOPE: scope }, "--check")).output;
    t.match(
      (await run(setup.readOnlyApp.environment, "--check")).output,
      /^ok: FJMCP_FORGEJO_SCOPE is openid read:user write:\S+ .*: users are offered every toolset\nok: FJMCP_FORGEJO_READ_ONLY_SCOPE is openid read:user read:repository .*: what connections that only read request$/m,
    );
    t.match(
      await check("read:user write:issue read:repository"),
      /^warning: FJMCP_FORGEJO_SCOPE is read:user write:issue read:repository, without write:notification, write:organization, write:repository: users are not offered organizations, notifications; only to read pull-requests, code, .*; add/m,
    );
    t.match(
      await check("read:user read:issue read:repository read:organization read:notification"),
      /^ok: FJMCP_FORGEJO_SCOPE is .*, without .*: users are offered only to read issues, pull-requests, code, .*other$/m,
      "a choice that leaves no toolset out",
    );
    t.match(
      await check("public-only read:user write:repository write:issue write:organization write:notification"),
      /^ok: FJMCP_FORGEJO_SCOPE is public-only .*: users are offered every toolset, for what is public$/m,
    );
  },
);

t.test("--check finds that Forgejo does not say what a token may do", async (t) => {
  const { controls } = setup.forgejo;
  t.teardown(() => controls.clearFaults());
  t.match((await run({}, "--check")).output, /^ok: Forgejo says which scope a token has$/m);
  controls.setFault({ path: /\/introspect$/, mode: "proxy-401" });
  t.match(await run({}, "--check"), {
    code: 78,
    output: /^fault: FJMCP_FORGEJO_URL: Forgejo's introspection endpoint replied 401, .*: no login/m,
  });
  controls.clearFaults();
  controls.setFault({ path: /\/introspect$/, mode: "503" });
  t.match(await run({}, "--check"), {
    code: 0,
    output: /^warning: FJMCP_FORGEJO_URL: Forgejo gave no usable response at \/login\/oauth\/introspect/m,
  });
  controls.clearFaults();
  controls.setFault({ path: /\/introspect$/, mode: "html-page" });
  t.match(await run({}, "--check"), {
    code: 0,
    output: /^warning: FJMCP_FORGEJO_URL: Forgejo's introspection could not be read/m,
  });
});

t.test("--check finds a redirect URI that Forgejo's application does not have", async (t) => {
  const app = await setup.forgejo.createApp({ name: "other", redirectUris: ["https://wrong.example.org/"] });
  const { code, output } = await run(
    {
      FJMCP_FORGEJO_CLIENT_ID: app.clientId,
      FJMCP_FORGEJO_CLIENT_SECRET_FILE: file("secret-of-other", app.clientSecret),
    },
    "--check",
  );
  t.equal(code, 78);
  t.match(
    output,
    /^fault: FJMCP_FORGEJO_CLIENT_ID: .* does not have the redirect URI http:\S+\/oauth\/callback: add it there/m,
  );
});

t.test("--check warns of a Redis that evicts, or is nearly full", async (t) => {
  t.teardown(() => setup.admin.config("SET", "maxmemory", "0", "maxmemory-policy", "noeviction"));
  t.teardown(() => setup.admin.del("filler"));
  await setup.admin.setrange("filler", 20_000_000, "x");
  const used = Number(/used_memory:(\d+)/.exec(await setup.admin.info("memory"))![1]);
  await setup.admin.config("SET", "maxmemory-policy", "allkeys-lru");
  const { output } = await run({}, "--check");
  t.match(output, /^warning: FJMCP_REDIS: maxmemory-policy is allkeys-lru, .*; set noeviction$/m);
  await setup.admin.config(
    "SET",
    "maxmemory",
    String(Math.ceil(used / 0.95)),
    "maxmemory-policy",
    "noeviction",
  );
  t.match((await run({}, "--check")).output, /^warning: FJMCP_REDIS: Redis uses 9\d % of its maxmemory/m);
});

t.test("--check warns of an installation in Redis that cannot be read", async (t) => {
  await setup.admin.set("auth-servers", "not a sorted set");
  t.teardown(() => setup.admin.del("auth-servers"));
  t.match(await run({}, "--check"), {
    code: 0,
    output: /^warning: FJMCP_REDIS: the installation in Redis could not be read \(.*WRONGTYPE/m,
  });
});

t.test("--check warns of a Forgejo that is away, or is no OAuth2 provider", async (t) => {
  const { controls } = setup.forgejo;
  t.teardown(() => controls.clearFaults());
  const warnings = async () => (await run({}, "--check")).output.match(/^warning: FJMCP_FORGEJO_URL.*$/gm);
  controls.setFault({ path: /access_token$/, mode: "proxy-403" });
  t.match(await warnings(), [/provider \(status 403\); \[oauth2\] ENABLED may be false$/]);
  controls.setFault({ path: /version$/, mode: "close" });
  t.match(await warnings(), [/^warning: FJMCP_FORGEJO_URL: \S+ does not respond \(/]);
});
