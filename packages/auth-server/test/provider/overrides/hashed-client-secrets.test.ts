import t from "tap";
import { authorize, redeem, register } from "../../support/client.ts";
import { startRig } from "../../support/running-auth-server.ts";

const rig = await startRig(t);
const origin = await rig.serve();

t.test("Client#compareClientSecret accepts the secret of which Redis has the hash", async (t) => {
  const client = await register(origin, { token_endpoint_auth_method: "client_secret_post" });
  const code = await authorize(origin, client, rig.person());
  t.match(await redeem(origin, code, { client_secret: "guess" }), { body: { error: "invalid_client" } });
  t.equal((await redeem(origin, code, { client_secret: client.clientSecret! })).status, 200);
});
