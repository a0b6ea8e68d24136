import { html } from "hono/html";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import { hostText } from "../breakable-text.ts";
import type { PageContext } from "../page-context.ts";
import type { ConnectionView } from "./connection-view.ts";
import { timeAgo, dateText, timeElement } from "./time-text.ts";

/** Everything about a connection but its names. */
export function connectionFacts({ texts }: PageContext, view: ConnectionView, nowMs: number): Html {
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
export function connectionSummary(view: ConnectionView, nowMs: number, texts: Texts): Html {
  const { connection, tokens } = texts.connections;
  const used =
    view.lastUsedAtMs === undefined
      ? connection.neverUsed
      : timeElement(view.lastUsedAtMs, connection.used(timeAgo(view.lastUsedAtMs, nowMs, texts)));
  const sessions = (view.sessions ?? 0) > 0 ? html` · ${connection.sessionCount(view.sessions ?? 0)}` : "";
  const expires =
    view.expiresAtMs === undefined
      ? ""
      : html` · ${timeElement(view.expiresAtMs, tokens.expiresOn(dateText(view.expiresAtMs, texts.tag)))}`;
  return html`${levelText(view, texts)} · ${used}${sessions}${expires}`;
}

function dateElement(atMs: number, { tag }: Texts): Html {
  return timeElement(atMs, dateText(atMs, tag));
}

function levelText({ access }: ConnectionView, { levels }: Texts): string {
  return levels[access.scopes.includes("forgejo:write") ? "write" : "read"].label;
}

function lastUse({ lastUsedAtMs }: ConnectionView, nowMs: number, texts: Texts): Html | string {
  if (lastUsedAtMs === undefined) return texts.connections.connection.neverUsed;
  return timeElement(lastUsedAtMs, timeAgo(lastUsedAtMs, nowMs, texts));
}

function sessionsText({ sessions }: ConnectionView, { connections }: Texts): string {
  const { sessionsUnknown, sessionCount } = connections.connection;
  return sessions === undefined ? sessionsUnknown : sessionCount(sessions);
}
