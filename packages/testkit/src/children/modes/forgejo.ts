import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function forgejo(url: string): void {
  const { FORGEJO_ACCESS_TOKEN: token = "", FORGEJO_USER_AGENT: userAgent = "" } = process.env;
  const handler = stubHandler("forgejo", {
    who_am_i: async () => {
      const headers = { authorization: `token ${token}`, "user-agent": userAgent };
      const response = await fetch(`${url}/api/v1/user`, { headers });
      return await response.json();
    },
  });
  serveStdio(handler);
}
