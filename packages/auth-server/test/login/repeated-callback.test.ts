import t from "tap";
import { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, redeem, redirectUri, register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const [first, second] = [await setup.spawn(), await setup.spawn()];
const client = await register(first.origin);
const toCallback = (url: URL) => url.pathname === "/oauth/callback";
const toForgejo = (url: URL) => url.href.startsWith(setup.forgejo.url);
const browser = {
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "cross-site",
};

/** Signs in up to the redirect to our callback. */
async function goToCallback(user: ScriptedUser) {
  const request = authorizationRequest(first.origin, client);
  return { request, back: await user.signInAndAllow(request.url, { stopAt: toCallback }) };
}

/** One request with the user's cookies, at one of the two processes; follows nothing. */
async function open(
  user: ScriptedUser,
  url: URL,
  how: { headers?: Record<string, string>; method?: string; at?: string } = {},
) {
  const { headers = browser, method = "GET", at = first.origin } = how;
  const cookie = await user.cookies.header(url, { crossSite: true, method: "GET" });
  const target = new URL(`${url.pathname}${url.search}`, at);
  const response = await sendRequest({ method, url: target, headers: { ...headers, cookie } });
  const { location } = response.headers;
  return { ...response, location: location === undefined ? undefined : new URL(location) };
}

const notByTheUser: Record<string, { headers?: Record<string, string>; method?: string }> = {
  HEAD: { method: "HEAD" },
  "HEAD without browser headers": { method: "HEAD", headers: {} },
  "a prefetch": { headers: { ...browser, "sec-purpose": "prefetch" } },
  "a prerender": { headers: { ...browser, "sec-purpose": "prefetch;prerender" } },
  "an old prefetch": { headers: { purpose: "prefetch" } },
  "Firefox's old prefetch": { headers: { "x-moz": "prefetch" } },
  "Safari's preview": { headers: { "x-purpose": "preview" } },
  "a fetch": { headers: { ...browser, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" } },
  "an image": { headers: { ...browser, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" } },
  "a frame": { headers: { ...browser, "sec-fetch-dest": "iframe" } },
  "a mode alone": { headers: { "sec-fetch-mode": "no-cors" } },
};

t.test("acts on the user's own navigation alone", async (t) => {
  const user = setup.user();
  const { request, back } = await goToCallback(user);
  const withoutEffect = { status: 403, location: undefined, setCookies: [] };
  for (const [what, how] of Object.entries(notByTheUser))
    t.match(await open(user, back, how), withoutEffect, what);
  const resume = (await open(user, back)).location!;
  for (const [what, how] of Object.entries(notByTheUser)) {
    t.match(await open(user, resume, how), withoutEffect, `${what}, at the next step`);
  }
  const code = (await open(user, resume)).location!.searchParams.get("code")!;
  const redeemed = await redeem(first.origin, { ...client, code, verifier: request.verifier });
  t.equal(redeemed.status, 200, "the user's own navigation completes");
});

t.test("works in a browser that sends none of these headers", async (t) => {
  const user = setup.user();
  const { back } = await goToCallback(user);
  const resume = (await open(user, back, { headers: {} })).location!;
  t.ok((await open(user, resume, { headers: {} })).location!.searchParams.get("code"));
});

t.test("leads equal requests at the same moment, over two processes, to one code", async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const user = setup.user();
    const { request, back } = await goToCallback(user);
    const origins = [first.origin, second.origin, first.origin, second.origin];
    const exchangesBefore = setup.forgejo.requests.filter(({ path }) =>
      path.endsWith("/access_token"),
    ).length;
    const resumes = await Promise.all(origins.map((at) => open(user, back, { at })));
    const exchanges = setup.forgejo.requests.filter(({ path }) => path.endsWith("/access_token")).length;
    t.equal(exchanges - exchangesBefore, 1, "one exchange with Forgejo");
    t.same(new Set(resumes.map(({ status, location }) => `${status} ${location?.pathname}`)).size, 1);
    const ends = await Promise.all(origins.map((at) => open(user, resumes[0]!.location!, { at })));
    const codes = new Set(ends.map(({ location }) => location!.searchParams.get("code")));
    t.equal(codes.size, 1);
    for (const { location } of ends)
      t.match(location, { origin: "https://client.example", pathname: "/callback" });
    const code = { ...client, code: [...codes][0]!, verifier: request.verifier };
    const redemptions = await Promise.all(
      origins.map((at) => redeem(at, code, { resource: `${setup.issuer}/mcp` })),
    );
    t.same(
      redemptions.map(({ status }) => status).sort((a, b) => a - b),
      [200, 400, 400, 400],
    );
  }
});

t.test("repeats the whole chain at a reload, with the same code, which redeems once", async (t) => {
  const user = setup.user();
  const { request, back } = await goToCallback(user);
  const end = (await user.visit(back, { stopAt: redirectUri })).externalRedirect!;
  const again = (await user.visit(back, { stopAt: redirectUri })).externalRedirect!;
  t.equal(again.href, end.href);
  const code = { ...client, code: end.searchParams.get("code")!, verifier: request.verifier };
  t.equal((await redeem(first.origin, code)).status, 200);
  const late = (await user.visit(back, { stopAt: redirectUri })).externalRedirect!;
  t.equal(late.href, end.href);
  t.match(await redeem(second.origin, code), { status: 400, body: { error: "invalid_grant" } });
});

t.test("repeats an error as well", async (t) => {
  const user = setup.user();
  const { back } = await goToCallback(user);
  back.searchParams.delete("code");
  back.searchParams.set("error", "access_denied");
  const end = (await user.visit(back, { stopAt: redirectUri })).externalRedirect!;
  t.equal(end.searchParams.get("error"), "access_denied");
  t.equal((await user.visit(back, { stopAt: redirectUri })).externalRedirect?.href, end.href);
});

t.test("repeats nothing for another browser", async (t) => {
  const user = setup.user();
  const { back } = await goToCallback(user);
  const resume = (await open(user, back)).location!;
  const end = (await open(user, resume)).location!;
  const other = setup.user("bob");
  for (const url of [back, resume]) {
    t.match(await open(other, url), { status: 400, location: undefined });
  }
  t.equal((await open(user, resume)).location?.href, end.href);
});

t.test("stores neither the code nor where the browser continues in the clear", async (t) => {
  const user = setup.user();
  const { back } = await goToCallback(user);
  const resume = (await open(user, back)).location!;
  const code = (await open(user, resume)).location!.searchParams.get("code")!;
  const uid = resume.pathname.split("/").at(-1)!;
  const stored: string[] = [];
  for (const key of await setup.admin.keys("*")) {
    const type = await setup.admin.type(key);
    if (type === "string") stored.push(key, (await setup.admin.get(key)) ?? "");
    if (type === "hash") stored.push(key, JSON.stringify(await setup.admin.hgetall(key)));
  }
  t.ok(stored.length > 10);
  t.notMatch(stored.join("\n"), code);
  t.notMatch(stored.join("\n"), uid);
});

t.test("starts one login for one consent, however often its form arrives", async (t) => {
  const user = setup.user();
  const stopAt = (url: URL) => toForgejo(url) || url.href.startsWith(redirectUri);
  const page = await user.visit(authorizationRequest(first.origin, client).url, { stopAt });
  const starts = [await page.confirm("Allow"), await page.confirm("Allow")];
  const states = starts.map(({ externalRedirect }) => externalRedirect!.searchParams.get("state"));
  t.ok(states[0]);
  t.equal(states[1], states[0]);
  const back = await user.signInAndAllow(starts[0]!.externalRedirect!, { stopAt: toCallback });
  const resume = (await open(user, back)).location!;
  const again = await page.confirm("Allow");
  t.equal(again.redirectChain[1]?.url.href, resume.href, "continues where the first click led");
  const denied = await page.submit({ button: "Deny" });
  t.match(denied, { status: 400, externalRedirect: undefined }, "the decision was made");
  t.equal((await user.visit(page.url)).status, 400);
});

t.test("makes one grant of one authorization request, although two tabs finish it", async (t) => {
  const user = setup.user();
  const { url } = authorizationRequest(first.origin, client);
  const backs: URL[] = [];
  let page = await user.visit(url, { stopAt: toForgejo });
  for (let tab = 0; tab < 2; tab += 1) {
    const { externalRedirect } = await page.confirm("Allow");
    backs.push(await user.signInAndAllow(externalRedirect!, { stopAt: toCallback }));
    page = await user.visit(page.url, { stopAt: toForgejo });
  }
  t.not(backs[0]!.searchParams.get("state"), backs[1]!.searchParams.get("state"));
  const grants = (await setup.admin.keys("grant:*")).length;
  const ends = [await open(user, backs[0]!), await open(user, backs[1]!)];
  t.equal(ends[0]!.location!.href, ends[1]!.location!.href);
  t.equal((await setup.admin.keys("grant:*")).length, grants + 1);
});
