import t from "tap";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { freePort } from "../../src/process/free-port.ts";
import { ScriptedOAuthClient } from "../../src/oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";
import { readExpectedFailures } from "./expected-failures.ts";
import { runConformance } from "./run-conformance.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());

for (const revision of ["2025-11-25", "2026-07-28"]) {
  t.test(`the authorization server conforms to ${revision}`, async (t) => {
    const expected = await readExpectedFailures("authorization");
    const port = await freePort();
    const callback = `http://127.0.0.1:${port}/callback`;
    const client = await ScriptedOAuthClient.register(stack.mcpUrl, {
      metadata: { redirect_uris: [callback] },
    });
    const user = new ScriptedUser(forgejo.users[0]!);
    let signedIn: Promise<unknown> | undefined;
    const run = await runConformance(
      "authorization",
      {
        url: stack.issuer,
        "client-id": client.clientId,
        resource: stack.mcpUrl,
        port: String(port),
        "spec-version": revision,
      },
      (output) => {
        const url = /^http\S+\/oauth\/authorize\?\S+$/m.exec(output)?.[0];
        if (url !== undefined)
          signedIn ??= user.signInAndAllow(url, { stopAt: callback }).then((redirect) => fetch(redirect));
      },
    );
    await signedIn;
    const remarks = new Set<string>();
    for (const [scenario, checks] of run.scenarios) {
      const notPassed = checks.filter(({ status }) => status !== "SUCCESS" && status !== "INFO");
      for (const { id } of notPassed) remarks.add(`${scenario}:${id}`);
      const unexpected = notPassed.filter(({ id }) => !expected.checks.has(`${scenario}:${id}`));
      t.same(unexpected, [], `${revision} ${scenario}`);
    }
    t.ok(run.scenarios.has("authorization-code-grant"), "the user signed in");
    t.same(
      [...expected.checks].filter((check) => !remarks.has(check)),
      [],
      "each expected failure has failed",
    );
  });
}
