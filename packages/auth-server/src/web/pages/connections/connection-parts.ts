import { html } from "hono/html";
import type { ConnectionNotice } from "../../connection-notice.ts";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import { hostText } from "../breakable-text.ts";
import type { PageContext } from "../page-context.ts";
import type { ConnectionView, NamedConnection } from "./connection-view.ts";
import { dateText, timeAgo, timeElement } from "./time-text.ts";

/** The names of a connection, each in a box of its own: the client's own text must not speak for the page. */
export function names({ label, clientName, isPersonalToken }: NamedConnection, texts: Texts): Html {
  const own = label === undefined ? "" : html`<bdi class="label">${label}</bdi> `;
  return html`${own}${isPersonalToken ? html`<span class="kind">${texts.connections.tokens.one}</span>` : clientBox(clientName, texts)}`;
}

/** What a client calls itself. */
export function clientBox(clientName: string | undefined, { consent }: Texts): Html {
  return clientName === undefined
    ? html`<em>${consent.unnamed}</em>`
    : html`<bdi class="client-name">${clientName}</bdi>`;
}

/** Everything about a connection but its names. */
export function facts({ texts }: PageContext, view: ConnectionView, nowMs: number): Html {
  const { connection, tokens } = texts.connections;
  return html`${view.isPersonalToken ? "" : clientFacts(view, texts)}
    <dt>${connection.may}</dt>
    <dd>${levelText(view, texts)}</dd>
    <dt>${connection.areas}</dt>
    <dd>${view.access.toolsets.map((name) => texts.toolsets[name].label).join(", ")}</dd>
    <dt>${view.isPersonalToken ? tokens.made : connection.since}</dt>
    <dd>${dateElement(view.createdAtMs, texts)}</dd>
    ${
      view.expiresAtMs === undefined
        ? ""
        : html`<dt>${tokens.expires}</dt>
            <dd>${dateElement(view.expiresAtMs, texts)}</dd>`
    }
    <dt>${connection.lastUse}</dt>
    <dd>${lastUse(view, nowMs, texts)}</dd>
    ${toolFacts(view, texts)}
    <dt>${connection.sessions}</dt>
    <dd>${sessionsText(view, texts)}</dd>`;
}

function toolFacts({ lastTools = [] }: ConnectionView, { connections }: Texts): Html {
  if (lastTools.length === 0) return html``;
  return html`<dt>${connections.connection.lastTools}</dt>
    ${lastTools.map((name) => html`<dd><code>${name}</code></dd>`)}`;
}

function clientFacts({ hosts, identity }: ConnectionView, { consent, connections }: Texts): Html {
  return html`<dt>${connections.connection.address}</dt>
    ${hosts.map((host) => html`<dd>${hostText(host)}</dd>`)}
    <dt>${consent.identity}</dt>
    <dd>${connections.identities[identity]}</dd>`;
}

/** The line under the name of a connection in a list. */
export function summary(view: ConnectionView, nowMs: number, texts: Texts): Html {
  const { connection, tokens } = texts.connections;
  const used =
    view.lastUsedAtMs === undefined
      ? connection.neverUsed
      : timeElement(view.lastUsedAtMs, connection.used(ago(view.lastUsedAtMs, nowMs, texts)));
  const sessions = (view.sessions ?? 0) > 0 ? html` · ${connection.sessionCount(view.sessions ?? 0)}` : "";
  const expires =
    view.expiresAtMs === undefined
      ? ""
      : html` · ${timeElement(view.expiresAtMs, tokens.expiresOn(dateText(view.expiresAtMs, texts.tag)))}`;
  return html`${levelText(view, texts)} · ${used}${sessions}${expires}`;
}

/** What was just done; nothing without a notice. */
export function noticeBox(notice: ConnectionNotice | undefined, { connections }: Texts): Html {
  if (notice === undefined) return html``;
  return html`<p class="notice" role="status">${connections.notices[notice]}</p>`;
}

/** The form that ends a connection, behind a first click. `fields`: hidden ones that the form sends. */
export function disconnectPanel(
  { isPersonalToken }: ConnectionView,
  form: { action: string; fields: Readonly<Record<string, string>>; about?: string },
  { connections }: Texts,
): Html {
  const { title, about, button } = isPersonalToken ? connections.tokens.end : connections.disconnect;
  return html`<details class="panel">
    <summary>${title}</summary>
    <form method="post" action="${form.action}">
      ${hiddenFields(form.fields)}
      <p class="soft">${form.about ?? about}</p>
      <button type="submit" name="action" value="disconnect" class="danger">${button}</button>
    </form>
  </details>`;
}

export function hiddenFields(fields: Readonly<Record<string, string>>): Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
}

/** A moment as the time since it. */
export function ago(atMs: number, nowMs: number, { tag, connections }: Texts): string {
  return timeAgo(atMs, nowMs, { locale: tag, now: connections.connection.justNow });
}

function dateElement(atMs: number, { tag }: Texts): Html {
  return timeElement(atMs, dateText(atMs, tag));
}

function levelText({ access }: ConnectionView, { levels }: Texts): string {
  return levels[access.scopes.includes("forgejo:write") ? "write" : "read"].label;
}

function lastUse({ lastUsedAtMs }: ConnectionView, nowMs: number, texts: Texts): Html | string {
  if (lastUsedAtMs === undefined) return texts.connections.connection.neverUsed;
  return timeElement(lastUsedAtMs, ago(lastUsedAtMs, nowMs, texts));
}

function sessionsText({ sessions }: ConnectionView, { connections }: Texts): string {
  const { sessionsUnknown, sessionCount } = connections.connection;
  return sessions === undefined ? sessionsUnknown : sessionCount(sessions);
}
