import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import t, { type Test } from "tap";

interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type PageResponse = { status?: number; headers?: Record<string, string | string[]>; body?: string };

/** A site with the given pages, by path; `seen` records the requests. */
async function startSite(t: Test, pages: Record<string, PageResponse>) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    const {
      status = 200,
      headers: pageHeaders = {},
      body = "",
    } = pages[url.split("?")[0] ?? ""] ?? { status: 404 };
    response.writeHead(status, { "content-type": "text/html", ...pageHeaders }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const newUser = () => new ScriptedUser({ name: "alice", password: "alice-password" });

t.test("stores cookies by host and path, enforces __Host- and drops oversized ones", async (t) => {
  const site = await startSite(t, {
    "/set": {
      headers: {
        "set-cookie": [
          "plain=1",
          "deep=1; Path=/deep",
          "__Host-good=1; Secure; Path=/",
          "__Host-bad=1; Secure; Path=/deep",
          "__Host-worse=1; Path=/",
          `long=${"x".repeat(4096)}`,
          "gone=1; Max-Age=0",
        ],
      },
    },
    "/show": {},
  });
  const user = newUser();
  await user.visit(`${site.url}/set`);
  await user.visit(`${site.url}/show`);
  t.strictSame(site.seen.at(-1)?.headers.cookie?.split("; ").sort(), ["__Host-good=1", "plain=1"]);
  await user.visit(`${site.url}/deep`);
  t.match(site.seen.at(-1)?.headers.cookie, "deep=1");
});

t.test("submits a form as a browser without JavaScript does", async (t) => {
  const site = await startSite(t, {
    "/": {
      body: `<form method="post" action="/done?x=1">
        <input type="hidden" name="_csrf" value="a&amp;b"><input name="user_name" value="old">
        <input type="checkbox" name="ticked" checked><input type="checkbox" name="not_ticked">
        <input name="off" value="1" disabled>
        <select name="language"><option value="en">English<option value="de" selected>German</select>
        <textarea name="note">some text</textarea>
        <button type="button" name="script" value="1">Only with script</button>
        <button name="granted" value="true">Authorize</button>
        <button name="granted" value="false">Cancel</button>
      </form>`,
    },
    "/done": { body: "<title>Done</title>" },
  });
  const page = await newUser().visit(site.url);
  const done = await page.submit({ button: "Cancel", fields: { user_name: "alice" } });
  t.equal(done.status, 200);
  t.match(site.seen.at(-1), { method: "POST", url: "/done?x=1" });
  t.strictSame(Object.fromEntries(new URLSearchParams(site.seen.at(-1)?.body)), {
    _csrf: "a&b",
    user_name: "alice",
    ticked: "on",
    language: "de",
    note: "some text",
    granted: "false",
  });
  await t.rejects(page.submit({ button: "Nowhere" }), {
    message: /No form with these fields and this button/,
  });
  await t.rejects(page.submit({ fields: { nowhere: "1" } }), {
    message: /No form with these fields and this button/,
  });
});

t.test("follows redirects up to stopAt", async (t) => {
  const site = await startSite(t, {
    "/a": { status: 302, headers: { location: "/b?x=1" } },
    "/b": { status: 303, headers: { location: "http://127.0.0.1:1/callback?code=c" } },
    "/app": { status: 303, headers: { location: "com.example.app:/callback?code=c" } },
    "/loop": { status: 302, headers: { location: "/loop" } },
  });
  const page = await newUser().visit(`${site.url}/a`, { stopAt: "http://127.0.0.1:1/callback" });
  t.equal(page.externalRedirect?.href, "http://127.0.0.1:1/callback?code=c");
  t.strictSame(
    page.redirectChain.map(({ status }) => status),
    [302, 303],
  );
  t.equal((await newUser().visit(`${site.url}/app`)).externalRedirect?.protocol, "com.example.app:");
  await t.rejects(newUser().visit(`${site.url}/loop`), { message: /redirects/ });
});

t.test("sends Sec-Fetch-Site and Origin as a browser does", async (t) => {
  const other = await startSite(t, { "/": {} });
  const form = (action: string) => `<form method="post" action="${action}"><button>Go</button></form>`;
  const site = await startSite(t, {
    "/": { body: form("/") },
    "/hidden": { body: form("/"), headers: { "referrer-policy": "no-referrer" } },
    "/away": { body: form(`${other.url}/`) },
    "/far": { body: form(`${other.url.replace("127.0.0.1", "localhost")}/`) },
  });
  const typed = await newUser().visit(site.url);
  t.match(site.seen.at(-1)?.headers, { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" });
  t.notOk(site.seen.at(-1)?.headers.origin);
  await typed.submit();
  t.match(site.seen.at(-1)?.headers, { "sec-fetch-site": "same-origin", origin: site.url });
  await (await newUser().visit(`${site.url}/hidden`)).submit();
  t.match(site.seen.at(-1)?.headers, { "sec-fetch-site": "same-origin", origin: "null" });
  await (await newUser().visit(`${site.url}/away`)).submit();
  t.match(other.seen.at(-1)?.headers, { "sec-fetch-site": "same-site", origin: site.url });
});

t.test("signInAndAllow presses Allow or Deny on fjmcp's consent page", async (t) => {
  const consent = (path: string) =>
    `<form method="post" action="${path}"><input type="hidden" name="csrf" value="t">
     <input type="checkbox" name="started" value="yes" required>
     <button name="decision" value="deny" formnovalidate>Deny</button>
     <button name="decision" value="allow"> Allow </button></form>`;
  const back = { status: 303, headers: { location: "http://127.0.0.1:1/callback?code=c" } };
  const site = await startSite(t, {
    "/authorize": { body: consent("/decide") },
    "/decide": back,
    "/dead-end": { body: "<title>Expired</title>Start again" },
  });
  const options = { stopAt: "http://127.0.0.1:1/callback" };
  const url = await newUser().signInAndAllow(`${site.url}/authorize`, options);
  t.equal(url.searchParams.get("code"), "c");
  t.equal(site.seen.at(-1)?.body, "csrf=t&started=yes&decision=allow");
  await newUser().signInAndAllow(`${site.url}/authorize`, { ...options, consent: "deny" });
  t.equal(site.seen.at(-1)?.body, "csrf=t&decision=deny");
  await t.rejects(newUser().signInAndAllow(`${site.url}/dead-end?secret=1`, options), {
    message: /^The sign-in ends at “Expired” \(200, http:[^?]*\/dead-end\)$/,
  });
});

t.test("signInAndAllow chooses access and areas, by default the most and what is ticked", async (t) => {
  const consent = (access: string) =>
    `<form method="post" action="/decide">${access}
     <input type="checkbox" name="toolset" value="issues" checked><input type="checkbox" name="toolset" value="code" checked>
     <input type="checkbox" name="toolset" value="wiki"><button name="decision" value="allow">Allow</button></form>`;
  const radio = (value: string) => `<input type="radio" name="access" value="${value}" required>`;
  const site = await startSite(t, {
    "/both": { body: consent(radio("read") + radio("write")) },
    "/read": { body: consent(`<input type="checkbox" name="started" value="yes" required>`) },
    "/decide": { status: 303, headers: { location: "http://127.0.0.1:1/callback" } },
  });
  const sent = async (path: string, choice: object) => {
    await newUser().signInAndAllow(`${site.url}${path}`, {
      stopAt: "http://127.0.0.1:1/callback",
      ...choice,
    });
    return site.seen.at(-1)?.body;
  };
  const ticked = "toolset=issues&toolset=code";
  t.equal(await sent("/both", {}), `${ticked}&access=write&decision=allow`);
  t.equal(await sent("/both", { access: "read" }), `${ticked}&access=read&decision=allow`);
  t.equal(
    await sent("/both", { toolsets: ["wiki", "code"] }),
    "access=write&toolset=wiki&toolset=code&decision=allow",
  );
  t.equal(await sent("/read", { access: "write" }), `${ticked}&started=yes&decision=allow`);
});

t.test("submits no form whose required choice is open, unless the button skips validation", async (t) => {
  const site = await startSite(t, {
    "/form": {
      body: `<form method="post" action="/send">
        <input type="checkbox" name="agreed" required>
        <input type="radio" name="mode" value="read" required><input type="radio" name="mode" value="write" required>
        <input type="radio" name="kept" value="a" required><input type="radio" name="kept" value="b" checked>
        <button>Send</button><button formnovalidate name="skip" value="1">Skip</button></form>`,
    },
    "/send": { body: "sent" },
  });
  const page = await newUser().visit(`${site.url}/form`);
  await t.rejects(page.submit({ button: "Send" }), { message: "The form requires agreed, mode" });
  await page.submit({ button: "Send", fields: { agreed: "on", mode: "write" } });
  t.equal(site.seen.at(-1)?.body, "kept=b&agreed=on&mode=write");
  await page.confirm("Send");
  t.equal(site.seen.at(-1)?.body, "kept=b&agreed=on&mode=write", "what allows most");
  await page.confirm("Send", { mode: "read" });
  t.equal(site.seen.at(-1)?.body, "kept=b&agreed=on&mode=read");
  await page.submit({ button: "Skip" });
  t.equal(site.seen.at(-1)?.body, "kept=b&skip=1");
});
