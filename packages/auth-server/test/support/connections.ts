import { sha256Hex } from "@fjmcp/shared/hash";
import type { Page } from "@fjmcp/testkit/scripted-user/page";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import type { AuthServerSetup } from "./auth-server-setup.ts";

/** Signs a user in to the page of connections, from the address that they type to the list. */
export async function signIn(setup: AuthServerSetup, user: ScriptedUser, decision = "true"): Promise<Page> {
  const account = setup.forgejo.users.find(({ name }) => name === user.name)!;
  let page = await user.visit(`${setup.issuer}/connections`);
  page = await page.submit({ button: "Sign in with Forgejo" });
  if (page.form({ field: "password" }) !== undefined)
    page = await page.submit({ fields: { user_name: account.name, password: account.password } });
  const button = { name: "granted", value: decision };
  return page.form({ button }) === undefined ? page : page.submit({ button });
}

/** The ids of the connections on a page, in its order. */
export function connectionIds(page: Page): string[] {
  return [...page.html.matchAll(/href="\/connections\/grants\/([^"]+)"/g)].map(([, id]) => id!);
}

/** Opens a connection of the list; the first one without an id. */
export async function openConnection(setup: AuthServerSetup, user: ScriptedUser, id?: string): Promise<Page> {
  const [first] = connectionIds(await user.visit(`${setup.issuer}/connections`));
  return user.visit(`${setup.issuer}/connections/grants/${id ?? first}`);
}

/** The CSRF token of a page's forms. */
export function csrfOf(page: Page): string {
  return /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
}

/** Sends a form from outside the browser, with its cookies and any headers. */
export async function forge(
  user: ScriptedUser,
  url: string,
  request: { fields: Record<string, string>; headers?: Record<string, string>; cookie?: string },
) {
  const cookie =
    request.cookie ?? (await user.cookies.header(new URL(url), { crossSite: false, method: "POST" }));
  const response = await fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, ...request.headers },
    body: new URLSearchParams(request.fields),
  });
  const { status, headers } = response;
  return {
    status,
    location: headers.get("location"),
    retryAfter: headers.get("retry-after"),
    html: await response.text(),
  };
}

/** The scope of an access token as it is stored; undefined when it is gone. */
export async function scopeOf(setup: AuthServerSetup, accessToken: string): Promise<string | undefined> {
  const stored = await setup.admin.get(`token:access:${sha256Hex(accessToken)}`);
  return (JSON.parse(stored ?? "{}") as { scope?: string }).scope;
}
