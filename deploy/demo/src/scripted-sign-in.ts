import type { Page } from "@fjmcp/testkit/scripted-user/page";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { freePort } from "@fjmcp/testkit/process/free-port";
import type { Login } from "./demo-arguments.ts";
import type { SignIn } from "./sign-in.ts";

/** A scripted person with a name and password, and with cookies and forms but no JavaScript. */
export async function scriptedSignIn(login: Login): Promise<SignIn> {
  const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  const person = new ScriptedUser(login);
  let afterConsent: Page | undefined;
  return {
    redirectUrl,
    async consent(authorizeUrl) {
      const page = await person.visit(authorizeUrl, { stopAt: redirectUrl });
      if (page.form({ button: "Allow" }) === undefined) {
        throw new Error(`No consent page of our own but ${page.externalRedirect?.href ?? page.describe()}`);
      }
      afterConsent = await page.submit({ button: "Allow" });
      return { value: undefined, text: `${login.name} reads who asks for what, and allows it` };
    },
    async login() {
      if (afterConsent === undefined) throw new Error("There was no consent");
      const redirect =
        afterConsent.externalRedirect ??
        (await person.signInAndAllow(afterConsent.url, { stopAt: redirectUrl }));
      return { value: redirect, text: `${login.name} signs in at Forgejo and comes back with a code` };
    },
    close: () => undefined,
  };
}
