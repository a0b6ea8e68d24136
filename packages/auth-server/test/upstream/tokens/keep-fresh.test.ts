import t from "tap";
import { LoginRequiredError } from "../../../src/upstream/errors/login-required-error.ts";
import { logIn, setUpstream, unrestricted } from "../../support/upstream-setup.ts";

const second = 1000;

t.test(
  "keeps tokens fresh: once the last check of the user is a minute old, and at half their life",
  async (t) => {
    const setup = await setUpstream(t);
    await logIn(setup);
    const alice = setup.account("alice");
    const { tokens } = setup.upstream;
    const refreshes = () => setup.forgejo.controls.counts.refreshes;
    const nowSec = () => (Date.now() + setup.clock.aheadMs) / second;
    const times = (checkedAgo: number, renewIn: number) => ({
      checkedSec: nowSec() - checkedAgo,
      renewAtSec: nowSec() + renewIn,
    });
    const unknown = "999" as typeof alice;
    await t.resolves(tokens.keepFresh(unknown, times(50, 10)), "nothing is read");
    await t.rejects(tokens.keepFresh(unknown, times(61, 10)), LoginRequiredError);
    setup.clock.aheadMs = 1810 * second;
    await tokens.keepFresh(alice, times(50, 10));
    t.equal(refreshes(), 0);
    await tokens.keepFresh(alice, times(50, -1));
    t.equal(refreshes(), 1);
    setup.clock.aheadMs = 3700 * second;
    await tokens.keepFresh(alice);
    t.equal(refreshes(), 2, "when nothing is known");
    const key = `upstream:${setup.options.forgejo.clientId}:${alice}`;
    const renewAtSec = Number(await unrestricted(t, setup.redis).hget(key, "renewAt"));
    t.ok(Math.abs(renewAtSec - (nowSec() + 1800)) < 30, "the time is stored with the tokens");
  },
);
