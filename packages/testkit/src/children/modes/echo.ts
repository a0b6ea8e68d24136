import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function echo(): void {
  serveStdio(stubHandler("echo"));
}
