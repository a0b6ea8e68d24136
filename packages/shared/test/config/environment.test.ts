import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { z } from "zod";
import {
  ConfigurationError,
  absolutePath,
  number,
  readEnvironment,
  secretFile,
} from "../../src/config/environment.ts";

const schema = z.object({
  FJMCP_NAME: z.string(),
  FJMCP_SOCKET: absolutePath(),
  FJMCP_SECONDS: number({ min: 1, max: 60, default: 10 }),
  FJMCP_KEY_FILE: secretFile(),
});

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readEnvironment(schema, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

t.test("reads a valid environment, applies defaults and drops the line end of a secret file", async (t) => {
  const key = join(t.testdir({ key: "top secret\r\n" }), "key");
  const config = readEnvironment(schema, {
    FJMCP_NAME: "n",
    FJMCP_SOCKET: "/run/s",
    FJMCP_SECONDS: "",
    FJMCP_KEY_FILE: key,
    HOME: "/x",
  });
  t.equal(config.FJMCP_SECONDS, 10);
  t.equal(config.FJMCP_KEY_FILE.reveal(), "top secret");
  t.notOk("HOME" in config);
});

t.test("reports all faults together, each with its variable", async (t) => {
  const empty = join(t.testdir({}), "empty");
  writeFileSync(empty, "\n");
  const faults = faultsOf({
    FJMCP_SOCKET: "relative",
    FJMCP_SECONDS: "61",
    FJMCP_KEY_FILE: empty,
    FJMCP_SOKCET: "/run/s",
  });
  t.strictSame([...faults].toSorted(), [
    `FJMCP_KEY_FILE: ${empty} is empty`,
    "FJMCP_NAME: is required",
    "FJMCP_SECONDS: must be a number from 1 to 60",
    "FJMCP_SOCKET: must be an absolute path",
    "FJMCP_SOKCET: is not a setting of this program",
  ]);
});

t.test("a secret's file defaults to the credential of its name, where there is one", async (t) => {
  const directory = t.testdir({ key: "from the credential\n", other: "from a file\n" });
  const env = { FJMCP_NAME: "n", FJMCP_SOCKET: "/s", CREDENTIALS_DIRECTORY: directory };
  t.equal(readEnvironment(schema, env).FJMCP_KEY_FILE.reveal(), "from the credential");
  t.equal(
    readEnvironment(schema, { ...env, FJMCP_KEY_FILE: join(directory, "other") }).FJMCP_KEY_FILE.reveal(),
    "from a file",
  );
  t.strictSame(faultsOf({ ...env, CREDENTIALS_DIRECTORY: join(directory, "missing") }), [
    "FJMCP_KEY_FILE: is required",
  ]);
  const blank = t.testdir({ key: "\n" });
  t.strictSame(faultsOf({ ...env, CREDENTIALS_DIRECTORY: blank }), ["FJMCP_KEY_FILE: is required"]);
});

t.test("ignores a setting that another daemon reads from the same file", async (t) => {
  const env = { FJMCP_NAME: "n", FJMCP_SOCKET: "/s", FJMCP_KEY_FILE: import.meta.filename };
  t.same(faultsOf({ ...env, FJMCP_MAX_WORKERS: "many" }), []);
});

t.test("reports a missing secret file with the cause", async (t) => {
  const missing = join(t.testdir({}), "missing");
  const faults = faultsOf({ FJMCP_NAME: "n", FJMCP_SOCKET: "/s", FJMCP_KEY_FILE: missing });
  t.strictSame(faults, [`FJMCP_KEY_FILE: ${missing} cannot be read (ENOENT)`]);
});

t.test("does not repeat a secret that stands where the path of its file belongs", async (t) => {
  const env = { FJMCP_NAME: "n", FJMCP_SOCKET: "/s" };
  const secret = "gto_4f7mz2secretsecretsecretsecretsecretsecretsecret";
  for (const value of [secret, `./${secret}`, `x/${secret}/y`, secret.repeat(100), `${secret}\0`]) {
    const faults = faultsOf({ ...env, FJMCP_KEY_FILE: value });
    t.match(faults, [/^FJMCP_KEY_FILE: must be the path of a file; none of that name can be read \(E\w+\)$/]);
  }
});

t.test("accepts plain decimal numbers only", async (t) => {
  for (const bad of ["-1", "1e3", "0x10", "NaN", "1.", " 5"]) {
    t.strictSame(
      faultsOf({
        FJMCP_NAME: "n",
        FJMCP_SOCKET: "/s",
        FJMCP_KEY_FILE: import.meta.filename,
        FJMCP_SECONDS: bad,
      }),
      ["FJMCP_SECONDS: must be a number from 1 to 60"],
      bad,
    );
  }
});
