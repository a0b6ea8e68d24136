import t from "tap";
import { connect, refresh, tokensOf } from "../../support/client.ts";
import { startRig } from "../../support/running-auth-server.ts";

const rig = await startRig(t);
const origin = await rig.serve();

t.test("RefreshToken#generateTokenId derives one successor for each refresh token", async (t) => {
  const client = await connect(origin, rig.person());
  const [first, again] = [
    tokensOf(await refresh(origin, client, client.refreshToken)),
    tokensOf(await refresh(origin, client, client.refreshToken)),
  ];
  t.equal(again.refreshToken, first.refreshToken);
  t.not(again.accessToken, first.accessToken, "an access token is random");
});
