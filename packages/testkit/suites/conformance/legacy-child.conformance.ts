import t from "tap";
import { assertConformance } from "./assert-conformance.ts";
import { startConformanceStack } from "./conformance-stack.ts";

const setup = await startConformanceStack("legacy-child");
t.teardown(() => setup.close());
const { authorizedUrl: url } = setup;

t.test("conforms to 2025-11-25 with a child of 2025-11-25", (t) =>
  assertConformance(t, { url, revision: "2025-11-25", expectedFailures: "2025-11-25-legacy-child" }),
);

t.test("conforms to 2026-07-28 with a child of 2025-11-25", (t) =>
  assertConformance(t, { url, revision: "2026-07-28", expectedFailures: "2026-07-28-legacy-child" }),
);
