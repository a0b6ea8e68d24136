import t from "tap";
import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { readConfig } from "../src/config.ts";

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

const expected = (name: string) => `must be a number from ${name.includes("DRAIN") ? 0 : 0.01} to 86400`;

t.test("reports a duration that no timer can hold", async (t) => {
  const names = ["IDLE", "START", "REQUEST", "QUEUE", "DRAIN", "KEEP_ALIVE", "SWEEP"].map(
    (name) => `FJMCP_${name}_SECONDS`,
  );
  const env = Object.fromEntries(names.map((name) => [name, "2147484"]));
  const faults = faultsOf(env);
  for (const name of names) t.ok(faults.includes(`${name}: ${expected(name)}`), name);
});

t.test(
  "reports a Forgejo URL that contains more than an address: it is visible in the child's argv",
  async (t) => {
    const urls = [
      "https://:password@forgejo.example.org",
      "https://user:password@forgejo.example.org",
      "https://forgejo.example.org/?token=secret",
      "https://forgejo.example.org/#fragment",
      "https://forgejo.example.org/?",
      "ftp://forgejo.example.org",
      "forgejo.example.org",
    ];
    for (const url of urls) {
      const fault = faultsOf({ FJMCP_FORGEJO_URL: url }).find((line) =>
        line.startsWith("FJMCP_FORGEJO_URL:"),
      );
      t.match(fault, /^FJMCP_FORGEJO_URL: must be a URL such as/, url);
      t.notMatch(fault, /password|secret/, "the value is not printed");
    }
  },
);

t.test("accepts no blank in the name of its user in Redis", async (t) => {
  const fault = "FJMCP_REDIS_SESSION_USERNAME: must be one word, without white space";
  t.ok(faultsOf({ FJMCP_REDIS_SESSION_USERNAME: "two words" }).includes(fault));
});

t.test("reports a socket that two settings name, also beside other faults", async (t) => {
  const faults = faultsOf({
    FJMCP_IPC_SOCKET: "/run/fjmcp/session-control//control.sock",
    FJMCP_MCP_SOCKET: "/run/mcp.sock",
  });
  t.match(
    faults.find((line) => line.startsWith("FJMCP_CONTROL_SOCKET:")),
    /control\.sock is also FJMCP_IPC_SOCKET: each needs a socket of its own$/,
  );
  t.notOk(faults.some((line) => line.startsWith("FJMCP_MCP_SOCKET:")));
});

t.test("counts of workers are whole numbers", async (t) => {
  for (const name of ["FJMCP_MAX_WORKERS", "FJMCP_MAX_WORKERS_PER_ACCOUNT"]) {
    for (const text of ["1.5", "0", "1e3"])
      t.ok(faultsOf({ [name]: text }).includes(`${name}: must be a whole number of at least 1`), text);
    t.notOk(faultsOf({ [name]: "3" }).some((line) => line.startsWith(`${name}:`)));
  }
});
