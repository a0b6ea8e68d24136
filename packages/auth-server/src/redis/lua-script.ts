import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Writable } from "node:stream";
import { type Redis, ReplyError } from "ioredis";

/** One atomic step in Redis. Its keys and arguments are given by name. */
export interface LuaScript<Key extends string, Argument extends string> {
  run(
    redis: Redis,
    keys: Readonly<Record<Key, string>>,
    args: Readonly<Record<Argument, string | number>>,
  ): Promise<unknown>;
}

/** The names under which a script finds its values, each a local variable of Lua. */
interface ScriptNames<Key extends string, Argument extends string> {
  readonly keys: readonly Key[];
  /** Strings in Lua, whatever their type here. */
  readonly args?: readonly Argument[];
  /** Values that are the same at each run, such as a prefix of keys. */
  readonly constants?: Readonly<Record<string, string>>;
}

/** The text of `scripts/<name>.lua`. */
export function readLua(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), "utf8");
}

/** Sends the script once, then calls it by its digest (EVALSHA). */
export function defineScript<const Key extends string, const Argument extends string = never>(
  body: string,
  { keys, args = [], constants = {} }: ScriptNames<Key, Argument>,
): LuaScript<Key, Argument> {
  const declarations = [
    ...keys.map((name, index) => `local ${name} = KEYS[${index + 1}]`),
    ...args.map((name, index) => `local ${name} = ARGV[${index + 1}]`),
    ...Object.entries(constants).map(([name, value]) => `local ${name} = ${JSON.stringify(value)}`),
  ];
  // On one line with the first of the body, so that Redis's errors name the lines of the file.
  const lua = `${declarations.join(" ")} ${body}`;
  // EVALSHA names a script by its SHA-1; nothing depends on that being collision-free.
  const digest = createHash("sha1").update(lua).digest("hex");
  return {
    async run(redis, keyOf, argumentOf) {
      const values = [...keys.map((name) => keyOf[name]), ...args.map((name) => argumentOf[name])];
      joinWrites(redis.stream);
      try {
        return await redis.evalsha(digest, keys.length, ...values);
      } catch (error) {
        if (!(error instanceof ReplyError) || !(error as Error).message.startsWith("NOSCRIPT")) throw error;
        return redis.eval(lua, keys.length, ...values);
      }
    },
  };
}

/** What is sent in this turn of the event loop leaves in one write when the turn ends. Before it connects, ioredis has no stream. */
function joinWrites(stream: Writable | undefined): void {
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}
