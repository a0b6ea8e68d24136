import {
  checkChildEnvironment,
  readChildCommand,
  withTimeout,
} from "../../../src/worker/command/child-command.ts";
import {
  childArguments,
  childVariables,
  spawnEnvironment,
} from "../../../src/worker/command/child-environment.ts";
import t from "tap";

t.test("a child command is read without a shell, and filled in", async (t) => {
  const child = readChildCommand(
    "/bin/x --url {url} a\\ b $HOME;ls",
    "TOKEN={token}  URL={url}/api EMPTY= AGENT={user_agent} OTHER={constructor}",
  );
  t.same(child.argv, ["/bin/x", "--url", "{url}", "a b", "$HOME;ls"]);
  t.same(childArguments(child, "https://f"), ["/bin/x", "--url", "https://f", "a b", "$HOME;ls"]);
  const environment = {
    PATH: "/bin",
    LANG: "C",
    FJMCP_REDIS_SESSION_PASSWORD_FILE: "x",
    FORGEJO_MCP_UPLOAD_ROOT: "/",
    NODE_OPTIONS: "x",
  };
  t.same(spawnEnvironment(environment, "/run"), { PATH: "/bin", LANG: "C", HOME: "/run", TMPDIR: "/run" });
  const userAgent = "fjmcp/1 (A b; grant 0)";
  t.same(childVariables(child, { token: "t", url: "https://f", userAgent }), {
    TOKEN: "t",
    URL: "https://f/api",
    EMPTY: "",
    AGENT: userAgent,
    OTHER: "{constructor}",
  });
});

t.test("a faulty child command is rejected with a message that names the fault", async (t) => {
  t.throws(() => readChildCommand(" ", ""), /empty/);
  t.throws(() => readChildCommand("x --token {token}", ""), /\{token\}/);
  t.throws(() => readChildCommand("x --agent {user_agent}", ""), /\{user_agent\}/);
  t.throws(() => readChildCommand("x", "novalue"), /NAME=value/);
  t.throws(() => readChildCommand("x", "FORGEJO_MCP_ALLOW_FILE_PATH_UPLOAD=1"), /never/);
  t.throws(() => readChildCommand("x", "FORGEJO_MCP_UPLOAD_ROOT=/"), /never/);
  t.throws(() => readChildCommand("x", "UID=1"), /UID cannot be set/);
});

t.test("{timeout} is filled in with whole seconds, in arguments and environment", async (t) => {
  const child = readChildCommand("/bin/x --timeout {timeout}s", "TOKEN={token} WAIT={timeout}");
  const filled = withTimeout(child, 2.5);
  t.same(filled.argv, ["/bin/x", "--timeout", "3s"]);
  t.same(filled.env, { TOKEN: "{token}", WAIT: "3" });
});

t.test("an environment that does not pass the token is rejected", async (t) => {
  for (const env of ["", "TOKEN={tokn}", "A=1"])
    t.throws(() => checkChildEnvironment(env), /must pass \{token\}/);
  t.doesNotThrow(() => checkChildEnvironment("A=1 TOKEN={token}"));
});
