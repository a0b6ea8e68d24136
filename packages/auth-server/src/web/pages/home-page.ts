import { html } from "hono/html";
import { hostText, urlText } from "./breakable-text.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/** The page at the server's address: how to connect a client. */
export function homePage(view: { mcpUrl: string; forgejoHost: string }): Html {
  const host = hostText(view.forgejoHost);
  return pageLayout(
    `Forgejo for MCP clients · ${view.forgejoHost}`,
    html`<p class="brand">fjmcp · ${host}</p>
      <h1>Use Forgejo from your AI assistant</h1>
      <p>
        This server connects MCP clients such as Claude, ChatGPT, Cursor or VS Code with your own account on
        ${host}. Add it in your client as a remote MCP server (a “custom connector”) with this address:
      </p>
      <code class="url">${urlText(view.mcpUrl)}</code>
      <p class="soft">
        Your client then opens a page here that asks whether you allow it, and you sign in on ${host} as
        usual. Your password never passes through this server or the client.
      </p>`,
  );
}
