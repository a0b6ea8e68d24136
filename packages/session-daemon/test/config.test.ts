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

t.test("a duration that no timer can hold is a fault", async (t) => {
  const names = ["IDLE", "START", "REQUEST", "QUEUE", "DRAIN", "KEEP_ALIVE", "SWEEP"].map(
    (name) => `FJMCP_${name}_SECONDS`,
  );
  const env = Object.fromEntries(names.map((name) => [name, "2147484"]));
  const faults = faultsOf(env);
  for (const name of names) t.ok(faults.includes(`${name}: ${expected(name)}`), name);
});
