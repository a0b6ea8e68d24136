import { readdirSync, readFileSync } from "node:fs";
import t from "tap";
import { defineScript } from "../../src/redis/lua-script.ts";
import { privateRedis, unrestricted } from "../support/upstream-setup.ts";

const source = new URL("../../src/redis/", import.meta.url);

t.test("gives a script its keys, arguments and constants under their names", async (t) => {
  const redis = unrestricted(t, await privateRedis(t));
  const script = defineScript("-- A comment.\nreturn { second, first, two, one, prefix }", {
    keys: ["first", "second"],
    args: ["one", "two"],
    constants: { prefix: 'a"b:' },
  });
  const run = () => script.run(redis, { second: "k2", first: "k1" }, { two: "", one: 1 });
  t.same(await run(), ["k2", "k1", "", "1", 'a"b:']);
  await redis.script("FLUSH");
  t.same(await run(), ["k2", "k1", "", "1", 'a"b:'], "sends a script that Redis has lost again");
});

t.test("passes on an error of the script", async (t) => {
  const redis = unrestricted(t, await privateRedis(t));
  const script = defineScript("return redis.call('INCR', list)", { keys: ["list"] });
  await redis.rpush("list", "1");
  await t.rejects(script.run(redis, { list: "list" }, {}), /WRONGTYPE/);
});

t.test("each file of scripts/ is run by an adapter", async (t) => {
  const adapters = readdirSync(source)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(file, source), "utf8"))
    .join("");
  for (const file of readdirSync(new URL("scripts/", source))) {
    t.ok(adapters.includes(`readLua("${file.replace(".lua", "")}")`), file);
  }
});
