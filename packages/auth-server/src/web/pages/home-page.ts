import { html } from "hono/html";
import { connectionsPaths } from "../../paths.ts";
import type { Html } from "../html.ts";
import type { HomeTexts } from "../texts/texts.ts";
import { hostText, urlText } from "./breakable-text.ts";
import { clientSetups, stdioCommand, type ClientSetup } from "./client-setups.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/** The page at the server's address: how to connect a client. */
export function homePage(page: PageContext, view: { mcpUrl: string; forgejoHost: string }): Html {
  const { home: texts } = page.texts;
  const { mcpUrl, forgejoHost } = view;
  return pageLayout(
    page,
    { title: `${texts.title} · ${forgejoHost}`, forgejoHost },
    html`<h1>${texts.heading}</h1>
      <p>${texts.intro(hostText(forgejoHost))}</p>
      <code class="url">${urlText(mcpUrl)}</code>
      <h2>${texts.clients}</h2>
      <dl class="clients">
        ${clientSetups(mcpUrl).map((setup) => client(texts, setup))}
        <dt>${texts.stdioClients}</dt>
        <dd>${command(stdioCommand(mcpUrl))}</dd>
      </dl>
      <p class="soft">${texts.safety(hostText(forgejoHost))}</p>
      <p class="soft"><a href="${connectionsPaths.list}">${texts.connections}</a></p>`,
  );
}

function client(texts: HomeTexts, setup: ClientSetup): Html {
  const { name, menu, choice, link, followUp } = setup;
  return html`<dt>${name}</dt>
    <dd>
      ${menu === undefined ? "" : paste(texts, menu, choice)}
      ${link === undefined ? "" : html`<a href="${link}">${texts.addTo(name)}</a>`}
      ${(setup.commands ?? []).map(command)}
      ${followUp === undefined ? "" : texts.thenRun(html`<code>${followUp}</code>`)}
    </dd>`;
}

/** Menus are shown in English, as clients name them where they have no translation. */
function paste(texts: HomeTexts, menu: string, choice: string | undefined): Html {
  const words = (text: string) => html`<em lang="en">${text}</em>`;
  return choice === undefined ? texts.paste(words(menu)) : texts.pasteAndChoose(words(menu), words(choice));
}

/** A command, to select as a whole; broken only between its words and as `urlText` breaks its URL. */
function command(text: string): Html {
  const words = text
    .split(" ")
    .map((word) => (/^https?:/.test(word) ? urlText(word) : html`<span class="unbroken">${word}</span>`));
  return html`<code class="command"
    >${words.map((word, index) => (index === 0 ? word : html` ${word}`))}</code
  >`;
}
