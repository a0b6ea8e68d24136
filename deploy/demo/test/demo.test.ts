import t, { type Test } from "tap";
import {
  everythingMcp,
  forgejoMcp,
  forgejoMcpMissing,
  giteaMcp,
  type ChildConfiguration,
} from "@fjmcp/testkit/children/child-command";
import { startDemo } from "./support/start-demo.ts";

const steps = [
  "redis",
  "forgejo",
  "daemons",
  "discovery",
  "register",
  "consent",
  "login",
  "token",
  "initialize",
  "tools-list",
  "read",
  "write",
  "refresh",
  "restart",
  "revoke",
];

const childArguments = ({ command, env }: ChildConfiguration) => [
  "--child",
  command,
  ...env
    .split(" ")
    .filter(Boolean)
    .flatMap((setting) => ["--child-env", setting]),
];

async function walks(t: Test, child: ChildConfiguration) {
  const demo = startDemo(t, ["--", "--json", ...childArguments(child)]);
  t.equal(await demo.exit, 0, demo.stderr.join("\n"));
  const done = demo.events().filter(({ event }) => event === "step");
  t.same(
    done.map(({ name }) => name),
    steps,
  );
  for (const step of done) t.match(step, { ok: true, ms: Number });
  t.match(
    demo.events(),
    Array.from({ length: demo.stdout.length }, () => ({ event: /^(step|restarted|ready)$/ })),
  );
  return done;
}

t.test("completes every step with gitea-mcp, and writes only JSON to stdout", async (t) => {
  const done = await walks(t, giteaMcp());
  t.notOk(done.some((step) => "leftOut" in step));
});

const installed = forgejoMcp();
t.test(
  "completes every step with forgejo-mcp",
  { skip: installed === undefined ? forgejoMcpMissing : false },
  async (t) => {
    const done = await walks(t, installed!);
    t.notOk(done.some((step) => "leftOut" in step));
  },
);

t.test("reads from an unknown child and reports the write step as skipped", async (t) => {
  const done = await walks(t, everythingMcp());
  t.match(
    done.find(({ name }) => name === "write"),
    { leftOut: /no tool of this child is known to write/ },
  );
});

t.test(
  "without --json it prints a line per step, the child in use and how to install the other",
  async (t) => {
    const demo = startDemo(t, [], { PATH: "/usr/bin:/bin" });
    t.equal(await demo.exit, 0, demo.stderr.join("\n"));
    const text = demo.stdout.join("\n");
    for (const step of steps) t.match(text, new RegExp(`✓ ${step} +\\d+ ms`));
    t.match(text, "15 steps done");
    t.match(text, "go install");
    t.same(demo.stderr, []);
  },
);
