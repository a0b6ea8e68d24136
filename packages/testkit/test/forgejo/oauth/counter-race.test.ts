import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { ForgejoApp, scriptedUser } from "../../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());

const lost = { error: "invalid_grant", error_description: "cannot increase the grant counter" };

/** Two codes of one browser, not exchanged yet. */
async function twoCodes(app: ForgejoApp): Promise<[string, string]> {
  const browser = scriptedUser(forgejo, "alice");
  return [await app.code(browser), await app.code(browser)];
}

async function errorsOf(responses: readonly Response[]): Promise<unknown[]> {
  return Promise.all(responses.filter(({ status }) => status === 400).map((response) => response.json()));
}

t.test("loseCounterRace makes the next exchanges lose and burns their codes", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const [first, second] = await twoCodes(app);
  forgejo.controls.loseCounterRace(1);
  const response = await app.exchange(first);
  t.equal(response.status, 400);
  t.strictSame(await response.json(), lost);
  t.match(await (await app.exchange(first)).json(), { error_description: "client is not authorized" });
  t.equal((await app.exchange(second)).status, 200, "a new authorization heals it");
});

t.test("loseCounterRace makes the next refresh lose and invalidates its token", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const { refresh_token } = await app.logIn(scriptedUser(forgejo, "alice"));
  forgejo.controls.loseCounterRace(1);
  t.strictSame(await (await app.refresh(refresh_token)).json(), lost);
  t.match(await (await app.refresh(refresh_token)).json(), { error_description: "token was already used" });
});

t.test("lets one of two overlapping exchanges lose within the race window", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const [first, second] = await twoCodes(app);
  forgejo.controls.setCounterRaceWindowMs(1000);
  t.teardown(() => forgejo.controls.setCounterRaceWindowMs(0));
  const responses = await Promise.all([app.exchange(first), app.exchange(second)]);
  t.strictSame(await errorsOf(responses), [lost]);
});

t.test("lets an exchange or a refresh that overlap lose within the race window", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const browser = scriptedUser(forgejo, "alice");
  const { refresh_token } = await app.logIn(browser);
  const code = await app.code(browser);
  forgejo.controls.setCounterRaceWindowMs(1000);
  t.teardown(() => forgejo.controls.setCounterRaceWindowMs(0));
  const responses = await Promise.all([app.exchange(code), app.refresh(refresh_token)]);
  t.strictSame(await errorsOf(responses), [lost]);
});

t.test("does not race without INVALIDATE_REFRESH_TOKENS", async (t) => {
  const lenient = await startSandboxForgejo({ invalidateRefreshTokens: false });
  t.teardown(() => lenient.close());
  const app = await ForgejoApp.register(lenient);
  const browser = scriptedUser(lenient, "alice");
  lenient.controls.setCounterRaceWindowMs(50);
  const codes = [await app.code(browser), await app.code(browser)];
  const responses = await Promise.all(codes.map((code) => app.exchange(code)));
  t.strictSame(
    responses.map(({ status }) => status),
    [200, 200],
  );
});
