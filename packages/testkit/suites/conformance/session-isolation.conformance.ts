import t from "tap";
import { assertConformance } from "./assert-conformance.ts";
import { startConformanceStack } from "./conformance-stack.ts";

// Each scenario opens sessions of its own, and the suite leaves them open.
const setup = await startConformanceStack("legacy-child", {
  FJMCP_CHILD_ISOLATION: "session",
  FJMCP_MAX_WORKERS: "100",
  FJMCP_MAX_WORKERS_PER_ACCOUNT: "100",
});
t.teardown(() => setup.close());
const { authorizedUrl: url } = setup;

t.test("conforms to 2025-11-25 with a child of 2025-11-25 for each session", (t) =>
  assertConformance(t, { url, revision: "2025-11-25", expectedFailures: "2025-11-25-session-isolation" }),
);
