import t from "tap";
import { authorizationRequest, register, tokensOf } from "../support/client.ts";
import { allowDevice, poll, startDevice } from "../support/device.ts";
import { serveTwoApplications } from "../support/two-applications.ts";

t.test("compares what Forgejo granted with the scope of the application", async (t) => {
  const { setup, origin, applications } = await serveTwoApplications(t);
  const callback = `${setup.issuer}/oauth/callback`;
  const grantAtForgejo = async (name: string, scope: string) => {
    const url = new URL(`${setup.forgejo.url}/login/oauth/authorize`);
    const query = { client_id: applications.read, redirect_uri: callback, response_type: "code", scope };
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    await setup.user(name).signInAndAllow(url, { stopAt: callback });
  };
  const client = await register(origin);
  const connectReading = (name: string) =>
    setup.user(name).signInAndAllow(authorizationRequest(origin, client).url, {
      stopAt: client.redirectUri,
      access: "read",
    });
  await grantAtForgejo("alice", "read:user write:issue");
  t.match(Object.fromEntries((await connectReading("alice")).searchParams), { error: "server_error" });
  await grantAtForgejo("bob", "read:user");
  await t.rejects(connectReading("bob"), /403/, "the page names what is missing");
  const bob = setup.user("bob");
  const consent = await bob.visit(authorizationRequest(origin, client).url);
  const login = await consent.confirm("Allow", { access: "read" });
  const password = setup.forgejo.users.find(({ name }) => name === "bob")!.password;
  const page = await login.submit({ fields: { user_name: "bob", password } });
  t.match(page.text, "Revoke the one for reading only");
});

t.test("devices get tokens of either application", async (t) => {
  const { setup, origin, forgejoToken, use } = await serveTwoApplications(t);
  for (const [access, write] of [
    ["read", 403],
    ["write", 201],
  ] as const) {
    const device = await startDevice(origin);
    await allowDevice(origin, setup.user(), device.userCode, { access });
    const { accessToken } = tokensOf(await poll(origin, device));
    t.equal((await use(await forgejoToken(accessToken))).write, write);
  }
});
