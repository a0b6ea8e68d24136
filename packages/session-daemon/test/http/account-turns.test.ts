import { once } from "node:events";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import type { AccountId } from "@fjmcp/shared/ids";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { AccountTurns } from "../../src/http/account-turns.ts";

const account = (name: string) => name as AccountId;

t.test("accounts with waiting work alternate, and the order within an account is kept", async (t) => {
  const turns = new AccountTurns();
  const order: string[] = [];
  const work = ["a1", "a2", "a3", "a4", "b1", "b2", "c1"].map((name) =>
    turns.next(account(name[0]!)).then(() => order.push(name)),
  );
  await Promise.all(work);
  t.same(order, ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
  await turns.next(account("a"));
  t.pass("it starts again after the last one");
});

t.test("work that joins later gets its turn before the second one of an account that waits", async (t) => {
  const turns = new AccountTurns();
  const order: string[] = [];
  const first = turns.next(account("a")).then(() => {
    order.push("a1");
    return turns.next(account("b")).then(() => order.push("b1"));
  });
  const more = ["a2", "a3", "a4"].map((name) => turns.next(account("a")).then(() => order.push(name)));
  await Promise.all([first, ...more]);
  t.same(order, ["a1", "a2", "b1", "a3", "a4"]);
});

t.test("what has arrived is served between two turns of an account", async (t) => {
  const path = join(temporaryDirectory(t), "echo.sock");
  const server = createServer((socket) => void socket.on("error", () => undefined).pipe(socket)).listen(path);
  await once(server, "listening");
  const socket = connect(path);
  t.teardown(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, "connect");
  let rounds = 0;
  socket.on("data", (data) => {
    rounds++;
    socket.write(data);
  });
  socket.write("x");
  await once(socket, "data");
  const turns = new AccountTurns();
  const seen = await Promise.all(
    Array.from({ length: 50 }, () => turns.next(account("a")).then(() => rounds)),
  );
  t.ok(seen.at(-1)! - seen[0]! >= 10, `${seen.at(-1)! - seen[0]!} round trips in 50 turns`);
});
