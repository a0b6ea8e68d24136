import t from "tap";
import { startDevice, typeCode } from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

t.test("asks for the code, and warns of one that a stranger sent", async (t) => {
  const page = await setup.user().visit(`${origin}/device`);
  t.equal(page.status, 200);
  t.match(page.text, "If the code came to you in a message");
  const csp = String(page.headers["content-security-policy"]);
  t.match(csp, "frame-ancestors 'none'");
  t.match(csp, "form-action 'self';");
  t.notMatch(page.html, /<script|autofocus/);
});

t.test("accepts a code in any case and spelling, and shows the same consent with the code", async (t) => {
  const { userCode } = await startDevice(origin, { scope: "forgejo:read" });
  // As an input method of East Asian languages types them: U+FF01 to U+FF5E are U+0021 to U+007E in full width.
  const fullWidth = userCode.replaceAll(/[!-~]/g, (sign) =>
    String.fromCodePoint(sign.codePointAt(0)! + 0xfee0),
  );
  for (const typed of [userCode, userCode.toLowerCase(), ` ${userCode.replace("-", " ")} `, fullWidth]) {
    const consent = await typeCode(origin, setup.user(), typed);
    t.match(consent.url.pathname, "/oauth/interaction/");
    t.match(consent.text, userCode);
    t.match(consent.text, "A device");
    t.match(consent.text, "It may only read");
    t.match(consent.text, "A code that someone sent you");
    t.notMatch(consent.text, /Identity|unverified|Sends you back/);
  }
});

t.test("fills in the code of a link, and still asks to confirm it", async (t) => {
  const { userCode, filledIn } = await startDevice(origin);
  const user = setup.user();
  const page = await user.visit(filledIn);
  t.match(page.html, `value="${userCode}"`);
  t.throws(() => page.form({ field: "confirmed" })!.submission({}), /requires confirmed/);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  const unconfirmed = await fetch(`${origin}/device`, {
    method: "POST",
    headers: { cookie, origin },
    body: new URLSearchParams({ csrf, user_code: userCode, filled_in: "yes" }),
  });
  t.equal(unconfirmed.status, 400);
  t.match(await unconfirmed.text(), "Nothing was connected yet");
  const consent = await page.submit({ fields: { confirmed: "yes" } });
  t.match(consent.text, userCode);
});

t.test("requires this browser's cookie and form", async (t) => {
  const { userCode } = await startDevice(origin);
  const user = setup.user();
  const page = await user.visit(`${origin}/device`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  const send = (headers: Record<string, string>, token: string) =>
    fetch(`${origin}/device`, {
      method: "POST",
      redirect: "manual",
      headers,
      body: new URLSearchParams({ csrf: token, user_code: userCode }),
    });
  for (const [headers, token] of [
    [{ origin }, csrf],
    [{ origin, cookie }, "1.2.3"],
    [{ origin, cookie: "fjmcp-device=another" }, csrf],
    [{ origin, cookie, "sec-fetch-site": "cross-site" }, csrf],
    [{ cookie, origin: "https://evil.example" }, csrf],
  ] as const) {
    const { status, headers: sent } = await send({ ...headers }, token);
    t.equal(status, 400);
    t.notMatch(sent.get("set-cookie") ?? "", /interaction/);
  }
  t.equal((await send({ cookie, "sec-fetch-site": "same-origin" }, csrf)).status, 303);
});

t.test("pauses a browser after five wrong codes, also of attempts at the same time", async (t) => {
  const { userCode } = await startDevice(origin);
  const user = setup.user();
  const page = await user.visit(`${origin}/device`);
  const responses = await Promise.all(
    Array.from({ length: 8 }, () => page.submit({ fields: { user_code: "BBBB-BBBB" } })),
  );
  t.equal(responses.filter(({ status }) => status === 400).length, 5);
  const paused = responses.find(({ status }) => status === 429)!;
  t.equal(paused.headers["retry-after"], "600");
  t.match(paused.text, "Wait 10 minutes");
  t.equal((await page.submit({ fields: { user_code: userCode } })).status, 429, "a right one, too");
  const consent = await typeCode(origin, setup.user(), userCode);
  t.match(consent.url.pathname, "/oauth/interaction/", "another browser goes on");
  const counters = await setup.admin.keys("wrong-user-codes:*");
  t.not(counters.length, 0);
  for (const key of counters) t.ok((await setup.admin.ttl(key)) > 0);
});

t.test("pauses a browser in an installation without rate limits, too", async (t) => {
  const unlimited = await setUpAuthServer(t);
  const at = await unlimited.serve({ more: { FJMCP_RATE_LIMITS: "off" } });
  const page = await unlimited.user().visit(`${at}/device`);
  for (const status of [400, 400, 400, 400, 400, 429, 429])
    t.equal((await page.submit({ fields: { user_code: "BBBB-BBBB" } })).status, status);
});

t.test("counts only wrong codes, and goes on counting after a right one", async (t) => {
  const { userCode } = await startDevice(origin);
  const user = setup.user();
  const wrong = ["BBBB-BBBB", "AEIO-1234", "CCCC-CCCC", "DDDD-DDDD"];
  for (const code of [userCode, userCode, ...wrong, userCode, "FFFF-FFFF", userCode, "GGGG-GGGG"]) {
    const page = await user.visit(`${origin}/device`);
    const next = await page.submit({ fields: { user_code: code } });
    // The fifth wrong one is the last.
    const expected = code === "GGGG-GGGG" ? 429 : code === userCode ? 200 : 400;
    t.equal(next.status, expected, code);
    if (code === "FFFF-FFFF") break;
  }
  const page = await user.visit(`${origin}/device`);
  t.equal((await page.submit({ fields: { user_code: userCode } })).status, 429, "the pause");
});

t.test("escapes what a link fills in", async (t) => {
  const page = await setup.user().visit(`${origin}/device?user_code=${encodeURIComponent(`"><script>x`)}`);
  t.match(page.html, 'value="&quot;&gt;&lt;script');
  t.notMatch(page.html, "<script");
});
