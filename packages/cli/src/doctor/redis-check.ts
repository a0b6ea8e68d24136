import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { good, warning } from "@fjmcp/shared/finding";
import { showUnit } from "../system/systemd.ts";
import { services } from "../system/units.ts";
import type { Check } from "./check.ts";

/**
 * Redis syncs each write before it confirms it. To the daemons Redis does not say so, as only CONFIG GET would, which also
 * shows secrets: what its unit starts it with does.
 */
export const redisCheck: Check = {
  name: "redis",
  async run({ root }) {
    const unit = services.redis;
    const { ExecStart = "" } = await showUnit(unit, ["ExecStart"]);
    const [, file = "", ...options] = / argv\[\]=(.*?) ; /.exec(ExecStart)?.[1]?.split(" ") ?? [];
    const content = await readFile(join(root, file), "utf8").catch(() => undefined);
    if (!file.startsWith("/") || content === undefined)
      return [
        warning(
          `${unit} names no configuration file that can be read: whether it has appendfsync always is unknown`,
        ),
      ];
    // Redis reads its command line as if it stood behind the file, and the last one counts.
    const fromFile = content.matchAll(/^\s*appendfsync\s+["']?(\w+)/gim).map(([, value]) => value);
    const fromLine = options.flatMap((option, i) => (option === "--appendfsync" ? [options[i + 1]] : []));
    const value = [...fromFile, ...fromLine].at(-1) ?? "everysec";
    if (value.toLowerCase() === "always")
      return [good(`${unit} syncs each write before it confirms it (appendfsync always)`)];
    return [
      warning(
        `${unit} has appendfsync ${value}: a loss of power may cost what was confirmed, such as a revocation; set appendfsync always in ${file}, not otherwise on its command line, and restart it`,
      ),
    ];
  },
};
