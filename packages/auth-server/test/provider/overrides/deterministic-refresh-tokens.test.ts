import t from "tap";
import { connect, refresh, tokensOf } from "../../support/client.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

t.test("RefreshToken#generateTokenId derives one successor for each refresh token", async (t) => {
  const client = await connect(origin, setup.user());
  const [first, again] = [
    tokensOf(await refresh(origin, client, client.refreshToken)),
    tokensOf(await refresh(origin, client, client.refreshToken)),
  ];
  t.equal(again.refreshToken, first.refreshToken);
  t.not(again.accessToken, first.accessToken, "an access token is random");
});
