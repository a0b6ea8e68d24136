import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function huge(): void {
  const handler = stubHandler("huge", {
    huge: ({ server, arguments: given }) => {
      const text = "x".repeat(Number(given.bytes ?? 21 * 1024 * 1024));
      if (given.endless !== true) return text;
      server.raw(text);
      return undefined;
    },
  });
  serveStdio(handler);
}
