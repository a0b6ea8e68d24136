import { html } from "hono/html";
import { pageLayout, type Html } from "./page-layout.ts";

/** The page at the server's address: how to connect a client. */
export function homePage(view: { mcpUrl: string; forgejoHost: string }): Html {
  return pageLayout(
    `Forgejo for MCP clients · ${view.forgejoHost}`,
    html`<p class="brand">fjmcp</p>
      <h1>Use ${view.forgejoHost} from your AI assistant</h1>
      <p>
        This server connects MCP clients such as Claude, ChatGPT, Cursor or VS Code with your own account on
        ${view.forgejoHost}. Add it in your client as a remote MCP server (a “custom connector”) with this
        address:
      </p>
      <code class="url">${view.mcpUrl}</code>
      <p class="soft">
        Your client then opens a page here that asks whether you allow it, and you sign in on
        ${view.forgejoHost} as usual. Your password never passes through this server or the client.
      </p>`,
  );
}
