import { RolloverPolicy } from "../../../src/worker/pool/rollover-policy.ts";
import t from "tap";
import { manualClock } from "../../support/manual-clock.ts";

/** A token that is issued now and expires in `lifetimeMs`. */
function run(lifetimeMs: number, requestTimeoutMs = 30_000) {
  const { clock, advance } = manualClock();
  const issuedAtMs = clock();
  const token = { token: "forgejo-token", issuedAtMs, expiresAtMs: issuedAtMs + lifetimeMs };
  return { policy: new RolloverPolicy(requestTimeoutMs, clock), token, advance, clock };
}

t.test("a rollover is due the request timeout before the expiry", async (t) => {
  const { policy, token } = run(3600_000);
  t.equal(policy.dueAtMs(token), token.expiresAtMs - 30_000);
});

t.test("a rollover of a short token is due after two thirds of its life", async (t) => {
  const { policy, token } = run(6_000);
  t.equal(policy.dueAtMs(token), token.issuedAtMs + 4_000);
});

t.test("a token is fresh until the rollover is due, and expired from its expiry on", async (t) => {
  const { policy, token, advance } = run(6_000);
  const phase = () => policy.phase(token, policy.dueAtMs(token));
  t.equal(phase(), "fresh");
  advance(3_999);
  t.equal(phase(), "fresh");
  advance(1);
  t.equal(phase(), "due");
  advance(1_999);
  t.equal(phase(), "due");
  advance(1);
  t.equal(phase(), "expired");
});

t.test("a failed rollover is tried again after a second, or sooner with a short token", async (t) => {
  const long = run(3600_000);
  t.equal(long.policy.retryAtMs(long.token), long.clock() + 1_000);
  const short = run(900);
  t.equal(short.policy.retryAtMs(short.token), short.clock() + 100);
});

t.test("a retry that is due after the expiry keeps no expired token fresh", async (t) => {
  const { policy, token, advance } = run(900);
  advance(850);
  const retryAtMs = policy.retryAtMs(token);
  t.equal(policy.phase(token, retryAtMs), "fresh");
  advance(50);
  t.equal(policy.phase(token, retryAtMs), "expired");
});
