import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function leaky(secretName: string): void {
  const secret = process.env[secretName] ?? "";
  process.stderr.write(`using token ${secret} and again "${secret}"\n`);
  const handler = stubHandler("leaky", {
    leak: () => {
      throw new Error(`user does not exist; token: ${secret}`);
    },
  });
  serveStdio(handler);
}
