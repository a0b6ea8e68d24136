import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { ConnectionNotice } from "../../connection-notice.ts";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import { hostText, urlText } from "../breakable-text.ts";
import { linkTo } from "../link-to.ts";
import type { PageContext } from "../page-context.ts";
import { connectionSummary } from "./connection-facts.ts";
import { connectionNames } from "./connection-names.ts";
import { noticeBox } from "./notice-box.ts";
import type { ConnectionView, HistoryView } from "./connection-view.ts";
import { connectionsLayout, type SignedInView } from "./connections-layout.ts";
import { timeAgo, timeElement } from "./time-text.ts";

interface ConnectionsView extends SignedInView {
  readonly connections: readonly ConnectionView[];
  /** The newest first. */
  readonly history: readonly HistoryView[];
  readonly mcpUrl: string;
  /** Of this server in Forgejo. */
  readonly hasTwoApplications: boolean;
  readonly notice: ConnectionNotice | undefined;
  readonly isAdministrator: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** All connections of the signed-in user, personal tokens among them, and what happened to them. */
export function connectionsPage(page: PageContext, view: ConnectionsView): Html {
  const { texts } = page;
  const { list } = texts.connections;
  const forgejo = hostText(new URL(view.forgejoUrl).host);
  const applications = view.connections.filter(({ isPersonalToken }) => !isPersonalToken);
  return connectionsLayout(
    page,
    list.title,
    view,
    html`${noticeBox(view.notice, texts)}
      ${
        applications.length === 0
          ? emptyState(view.mcpUrl, texts)
          : html`<p>${list.about(forgejo)}</p>
              ${connectionList("connection", applications, view, texts)}`
      }
      ${tokenSection(view, texts)} ${historySection(view, texts)}
      <h2>${list.inForgejo.title}</h2>
      <p class="soft">
        ${view.hasTwoApplications ? list.inForgejo.aboutTwo(forgejo) : list.inForgejo.about(forgejo)}
      </p>
      <p class="soft">
        ${linkTo(`${view.forgejoUrl}/user/settings/applications`)(texts.insufficientScope.open)}
      </p>
      ${
        view.isAdministrator
          ? html`<p class="soft"><a href="${connectionsPaths.accounts}">${list.allAccounts}</a></p>`
          : ""
      }`,
  );
}

/** The link of each has its names as description: nothing else tells the links apart. */
function connectionList(
  kind: string,
  connections: readonly ConnectionView[],
  { nowMs }: ConnectionsView,
  texts: Texts,
): Html {
  return html`<ul class="connections">
    ${connections.map((one, index) => {
      const id = `${kind}-${index + 1}`;
      return html`<li>
        <div id="${id}">${connectionNames(one, texts)}</div>
        <p class="soft">${connectionSummary(one, nowMs, texts)}</p>
        <a class="button" href="${connectionsPaths.grants}/${one.grantId}" aria-describedby="${id}"
          >${texts.connections.list.manage}</a
        >
      </li>`;
    })}
  </ul>`;
}

function emptyState(mcpUrl: string, { connections, notFound }: Texts): Html {
  return html`<p><strong>${connections.list.emptyTitle}</strong></p>
    <p>${connections.list.empty}</p>
    <code class="url">${urlText(mcpUrl)}</code>
    <p class="soft"><a href="/">${notFound.connect}</a></p>`;
}

function tokenSection(view: ConnectionsView, texts: Texts): Html {
  const { tokens } = texts.connections;
  const own = view.connections.filter(({ isPersonalToken }) => isPersonalToken);
  return html`<h2>${tokens.title}</h2>
    <p class="soft">${tokens.about}</p>
    ${own.length === 0 ? "" : connectionList("token", own, view, texts)}
    <p><a class="button" href="${connectionsPaths.newToken}">${tokens.form.title}</a></p>`;
}

function historySection({ history, nowMs }: ConnectionsView, texts: Texts): Html {
  if (history.length === 0) return html``;
  const { history: words } = texts.connections;
  return html`<h2>${words.title}</h2>
    <ul class="history">
      ${history.map((event) => {
        const when = html`<small>${timeElement(event.atMs, timeAgo(event.atMs, nowMs, texts))}</small>`;
        if (event.kind === "viewed") return html`<li>${words.viewed} ${when}</li>`;
        return html`<li>${connectionNames(event, texts)} ${sentence(event, texts)} ${when}</li>`;
      })}
    </ul>`;
}

/** What happened to a connection, after its name. */
function sentence(event: Exclude<HistoryView, { kind: "viewed" }>, { connections }: Texts): string {
  const { reasons, history } = connections;
  if (event.kind === "ended") return reasons[event.reason];
  return event.kind === "narrowed" ? history.narrowed[event.by] : history[event.kind];
}
