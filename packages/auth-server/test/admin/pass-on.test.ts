import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import {
  controlPaths,
  checkChildResponse,
  healthResponse,
  listSessionsResponse,
} from "@fjmcp/shared/ipc/control";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { createPassOn } from "../../src/admin/pass-on.ts";

t.test("a session-daemon that does not start behind its socket is away", async (t) => {
  const socketPath = join(temporaryDirectory(t), "control.sock");
  // As systemd holds it: it accepts connections, and nothing reads them.
  let connections = 0;
  const held = createServer(() => void connections++);
  await listenUnix(held, socketPath);
  t.teardown(() => held.close());
  const passOn = createPassOn(socketPath, { usualMs: 1000, childMs: 3600_000 });
  const away = {
    status: "away",
    reason: /^the session-daemon does not respond \(no response within 1 s\)$/,
  };
  t.match(await passOn(controlPaths.health, healthResponse), away);
  t.match(
    await passOn(controlPaths.checkChild, checkChildResponse, {}),
    away,
    "it is not asked for its child",
  );
  t.equal(connections, 2);
});

t.test("a session-daemon that responds with an error is named so, not as away", async (t) => {
  const socketPath = join(temporaryDirectory(t), "control.sock");
  const failing = createHttpServer((_, res) => res.writeHead(503).end());
  await listenUnix(failing, socketPath);
  t.teardown(() => failing.close());
  t.same(await createPassOn(socketPath)(controlPaths.sessions, listSessionsResponse), {
    status: "away",
    reason: "the session-daemon cannot do this now (status 503)",
  });
});
