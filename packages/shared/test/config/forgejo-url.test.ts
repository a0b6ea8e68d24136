import t from "tap";
import { forgejoUrl } from "../../src/config/forgejo-url.ts";

const faultOf = (text: string) => forgejoUrl().safeParse(text).error?.issues[0]?.message;

t.test("accepts http and https, with a port or a path, and removes trailing slashes", async (t) => {
  t.equal(forgejoUrl().parse("https://forgejo.example.org/"), "https://forgejo.example.org");
  t.equal(forgejoUrl().parse("http://127.0.0.1:3000/forge//"), "http://127.0.0.1:3000/forge");
});

t.test("rejects a port to which neither fetch nor a browser connects, and names it", async (t) => {
  t.match(
    faultOf("https://forgejo.example.org:10080"),
    /^must not use port 10080, .*: let Forgejo or a proxy /,
  );
  t.match(faultOf("http://127.0.0.1:6000/forge"), /^must not use port 6000, /);
});

/** Whether `fetch` would send a request to this port. */
async function isSent(port: number): Promise<boolean> {
  let sent = false;
  const dispatch = () => {
    sent = true;
    throw new Error("nothing is sent in this test");
  };
  await fetch(`http://127.0.0.1:${port}/`, { dispatcher: { dispatch } } as unknown as RequestInit).catch(
    () => undefined,
  );
  return sent;
}

t.test("knows the ports that fetch rejects, and no other", async (t) => {
  // The highest is 10080.
  const highest = 11_000;
  const different: number[] = [];
  for (let port = 1; port <= highest; port++)
    if ((await isSent(port)) !== (faultOf(`http://127.0.0.1:${port}`) === undefined)) different.push(port);
  t.same(different, []);
});
