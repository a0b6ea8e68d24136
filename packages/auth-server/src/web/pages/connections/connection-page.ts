import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import { maxLabelLength } from "@fjmcp/shared/ipc/admin";
import type { ConnectionNotice } from "../../connection-notice.ts";
import type { AccessLevel } from "../../consent-offer.ts";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import type { PageContext } from "../page-context.ts";
import { connectionFacts } from "./connection-facts.ts";
import { clientNameBox } from "../client-name-box.ts";
import { disconnectPanel } from "./disconnect-panel.ts";
import { hiddenFields } from "./hidden-fields.ts";
import { noticeBox } from "./notice-box.ts";
import type { ConnectionView } from "./connection-view.ts";
import { connectionsLayout, type SignedInView } from "./connections-layout.ts";

interface OneConnectionView extends SignedInView {
  readonly connection: ConnectionView;
  readonly notice: ConnectionNotice | undefined;
  /** The level of a form to allow less that was submitted without an area. */
  readonly withoutArea: AccessLevel | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** One connection of the signed-in user, and the forms to rename, narrow and end it. */
export function connectionPage(page: PageContext, view: OneConnectionView): Html {
  const { texts } = page;
  const { connection, tokens, back } = texts.connections;
  const one = view.connection;
  const form = { action: `${connectionsPaths.grants}/${one.grantId}`, fields: { csrf: view.csrf } };
  return connectionsLayout(
    page,
    one.isPersonalToken ? tokens.one : connection.title,
    view,
    html`${noticeBox(view.notice, texts)}
      <dl>
        ${
          one.isPersonalToken
            ? ""
            : html`<dt>${texts.consent.callsItself}</dt>
                <dd>${clientNameBox(one.clientName, texts.consent)}</dd>`
        }
        ${
          one.label === undefined
            ? ""
            : html`<dt>${connection.yourName}</dt>
                <dd><bdi class="label">${one.label}</bdi></dd>`
        }
        ${connectionFacts(page, one, view.nowMs)}
      </dl>
      ${renamePanel(one, form, texts)} ${canBeNarrowed(one) ? narrowPanel(view, form, texts) : ""}
      ${disconnectPanel(one, form, texts)}
      <p class="soft after"><a href="${connectionsPaths.list}">${back}</a></p>`,
  );
}

interface FormTarget {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

function renamePanel(
  { label, isPersonalToken }: ConnectionView,
  { action, fields }: FormTarget,
  { connections }: Texts,
): Html {
  const { rename, tokens } = connections;
  return html`<details class="panel">
    <summary>${rename.title}</summary>
    <form method="post" action="${action}">
      ${hiddenFields(fields)}
      <label class="field">
        <span>${rename.label}</span>
        <input
          type="text"
          name="name"
          value="${label ?? ""}"
          maxlength="${maxLabelLength}"
          autocomplete="off"
          aria-describedby="rename-hint"
          ${isPersonalToken ? "required" : ""}
        />
      </label>
      <p class="soft" id="rename-hint">${isPersonalToken ? tokens.form.nameHint : rename.about}</p>
      <button type="submit" name="action" value="rename">${rename.button}</button>
    </form>
  </details>`;
}

function canBeNarrowed({ access }: ConnectionView): boolean {
  return access.scopes.includes("forgejo:write") || access.toolsets.length > 1;
}

function narrowPanel(
  { connection, withoutArea }: OneConnectionView,
  { action, fields }: FormTarget,
  texts: Texts,
): Html {
  const { access, isPersonalToken } = connection;
  const { narrow, tokens } = texts.connections;
  const hasNoArea = withoutArea !== undefined;
  const level = withoutArea ?? "write";
  return html`<details class="panel" ${hasNoArea ? "open" : ""}>
    <summary>${narrow.title}</summary>
    <form method="post" action="${action}">
      ${hiddenFields(fields)} ${hasNoArea ? html`<p class="warning" role="alert">${narrow.noArea}</p>` : ""}
      <p class="soft">${isPersonalToken ? tokens.narrowAbout : narrow.about}</p>
      ${
        access.scopes.includes("forgejo:write")
          ? html`<fieldset>
              <legend>${texts.consent.levelQuestion}</legend>
              ${levelOption("read", level, texts)} ${levelOption("write", level, texts)}
            </fieldset>`
          : ""
      }
      <fieldset>
        <legend>${texts.consent.toolsetQuestion}</legend>
        ${access.toolsets.map((name) => {
          const { label, about } = texts.toolsets[name];
          return html`<label class="option">
            <input type="checkbox" name="toolset" value="${name}" ${hasNoArea ? "" : "checked"} />
            <span>${label}<small>${about}</small></span>
          </label>`;
        })}
      </fieldset>
      <button type="submit" name="action" value="narrow">${narrow.button}</button>
    </form>
  </details>`;
}

function levelOption(level: AccessLevel, chosen: AccessLevel, { levels }: Texts): Html {
  const { label, about } = levels[level];
  return html`<label class="option">
    <input type="radio" name="access" value="${level}" ${level === chosen ? "checked" : ""} />
    <span>${label}<small>${about}</small></span>
  </label>`;
}
