import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { Page } from "@fjmcp/testkit/scripted-user/page";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { freePort } from "@fjmcp/testkit/process/free-port";
import type { Login } from "./demo-arguments.ts";
import type { SignIn } from "./sign-in.ts";

/** Signs a scripted user in, with cookies and forms but no JavaScript. */
export async function scriptedSignIn(login: Login): Promise<SignIn> {
  const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  const user = new ScriptedUser(login);
  let afterConsent: Page | undefined;
  return {
    redirectUrl,
    async consent(authorizeUrl) {
      const page = await user.visit(authorizeUrl, { stopAt: redirectUrl });
      if (page.form({ button: "Allow" }) === undefined) {
        throw new Error(
          `Expected fjmcp's consent page, got ${page.externalRedirect?.href ?? page.describe()}`,
        );
      }
      afterConsent = await page.confirm("Allow", { access: "write", toolset: toolsets });
      return {
        value: undefined,
        text: `${login.name} chooses read and write in all areas, and allows access`,
      };
    },
    async login() {
      if (afterConsent === undefined) throw new Error("There was no consent");
      const redirect =
        afterConsent.externalRedirect ??
        (await user.signInAndAllow(afterConsent.url, { stopAt: redirectUrl }));
      return { value: redirect, text: `${login.name} signs in at Forgejo and comes back with a code` };
    },
    close: () => undefined,
  };
}
