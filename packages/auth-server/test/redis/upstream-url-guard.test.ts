import t from "tap";
import { guardForgejoUrl } from "@fjmcp/auth-server/redis/upstream-url-guard";
import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { connection, privateRedis, unrestricted } from "../upstream/upstream-setup.ts";

const [url, moved, other] = ["https://a.example", "https://b.example/forge", "https://c.example"];

t.test("a changed Forgejo URL is refused until the old one is named", async (t) => {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  await guardForgejoUrl(own, { url });
  await guardForgejoUrl(own, { url });
  await t.rejects(guardForgejoUrl(own, { url: moved }), ConfigurationError);
  await t.rejects(
    guardForgejoUrl(own, { url: moved, urlWas: other }),
    /b\.example.*FJMCP_FORGEJO_URL_WAS=https:\/\/a\.example/,
  );
  await guardForgejoUrl(own, { url: moved, urlWas: url });
  await guardForgejoUrl(own, { url: moved, urlWas: url });
  await guardForgejoUrl(own, { url: moved });
  await t.rejects(guardForgejoUrl(own, { url }), ConfigurationError);
  const raw = unrestricted(t, redis);
  t.same(await raw.keys("*"), ["upstream-url"]);
  t.ok((await raw.ttl("upstream-url")) > 365 * 86_400);
});
