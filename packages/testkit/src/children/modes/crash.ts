import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

/** Limits which starts crash; each is optional. */
export interface CrashLimits {
  readonly times: string | undefined;
  readonly countFile: string | undefined;
  readonly whileExists: string | undefined;
}

export function crash(at: string, { times, countFile, whileExists }: CrashLimits): void {
  const thisTime =
    (times === undefined || countStart(countFile) <= Number(times)) &&
    (whileExists === undefined || existsSync(whileExists));
  if (at === "start" && thisTime) process.exit(1);
  const handle = stubHandler("crash", { crash: () => process.exit(1) });
  serveStdio((server, message) => {
    if (message.method === "initialize" && at === "initialize" && thisTime) process.exit(1);
    return handle(server, message);
  });
}

/** The number of starts that the file has recorded, this one included. */
function countStart(file: string | undefined): number {
  if (file === undefined) throw new Error("--times needs --count-file");
  appendFileSync(file, ".");
  return readFileSync(file).length;
}
