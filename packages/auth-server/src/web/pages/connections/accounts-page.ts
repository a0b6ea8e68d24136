import { html } from "hono/html";
import { connectionsPaths } from "../../../paths.ts";
import type { ConnectionNotice } from "../../connection-notice.ts";
import type { Html } from "../../html.ts";
import type { Texts } from "../../texts/texts.ts";
import type { PageContext } from "../page-context.ts";
import { connectionFacts } from "./connection-facts.ts";
import { connectionNames } from "./connection-names.ts";
import { disconnectPanel } from "./disconnect-panel.ts";
import { noticeBox } from "./notice-box.ts";
import type { AccountView, ConnectionView } from "./connection-view.ts";
import { connectionsLayout, type SignedInView } from "./connections-layout.ts";

/** One page of the accounts with connections, for an administrator of Forgejo. `next`: where the following page begins. */
export function accountsPage(
  page: PageContext,
  view: SignedInView & {
    readonly accounts: readonly AccountView[];
    readonly isFirst: boolean;
    readonly next: string | undefined;
  },
): Html {
  const { accounts } = page.texts.connections;
  const path = connectionsPaths.accounts;
  return connectionsLayout(
    page,
    accounts.title,
    view,
    html`<p>${accounts.about}</p>
      <p class="soft">${accounts.audited}</p>
      ${
        view.accounts.length === 0
          ? html`<p>${accounts.none}</p>`
          : html`<ul class="connections">
              ${view.accounts.map((one) => accountItem(one, page.texts))}
            </ul>`
      }
      ${view.isFirst ? "" : html`<p><a href="${path}">${accounts.first}</a></p>`}
      ${
        view.next === undefined
          ? ""
          : html`<p><a href="${path}?after=${encodeURIComponent(view.next)}">${accounts.next}</a></p>`
      }
      <p class="soft after"><a href="${connectionsPaths.list}">${accounts.own}</a></p>`,
  );
}

/** The connections of another account, for an administrator of Forgejo: to look at, and to disconnect. */
export function accountPage(
  page: PageContext,
  view: SignedInView & {
    readonly account: AccountView;
    readonly connections: readonly ConnectionView[];
    readonly notice: ConnectionNotice | undefined;
    readonly nowMs: number;
  },
): Html {
  const { texts } = page;
  const { account, connections, nowMs, csrf } = view;
  const { accounts } = texts.connections;
  const action = `${connectionsPaths.accounts}/${account.accountId}`;
  return connectionsLayout(
    page,
    accounts.one.title,
    view,
    html`${noticeBox(view.notice, texts)}
      <p>${accountName(account, texts)} <small>${accounts.id(account.accountId)}</small></p>
      <p class="soft">${accounts.audited}</p>
      ${connections.length === 0 ? html`<p>${accounts.one.none}</p>` : ""}
      ${connections.map((connection) => {
        const form = {
          action,
          fields: { csrf, connection: connection.grantId },
          about: accounts.one.disconnect,
        };
        return html`<section class="connection">
          <dl>
            <dt>${connection.isPersonalToken ? texts.connections.tokens.one : texts.consent.callsItself}</dt>
            <dd>${nameFor(connection, texts)}</dd>
            ${connectionFacts(page, connection, nowMs)}
          </dl>
          ${disconnectPanel(connection, form, texts)}
        </section>`;
      })}
      <p class="soft after"><a href="${connectionsPaths.accounts}">${accounts.title}</a></p>`,
  );
}

/** A user's own name for an application is shown to that user alone; a personal token has no other name. */
function nameFor(connection: ConnectionView, texts: Texts): Html {
  return connection.isPersonalToken
    ? html`<bdi class="label">${connection.label}</bdi>`
    : connectionNames({ ...connection, label: undefined }, texts);
}

function accountItem(account: AccountView, texts: Texts): Html {
  const { accounts } = texts.connections;
  const id = `account-${account.accountId}`;
  return html`<li>
    <div id="${id}">${accountName(account, texts)}</div>
    <p class="soft">${accounts.id(account.accountId)} · ${accounts.count(account.connections)}</p>
    <a
      class="button"
      href="${connectionsPaths.accounts}/${encodeURIComponent(account.accountId)}"
      aria-describedby="${id}"
      >${accounts.open}</a
    >
  </li>`;
}

function accountName({ login }: AccountView, { connections }: Texts): Html {
  return login === undefined
    ? html`<em>${connections.accounts.unknownLogin}</em>`
    : html`<strong><bdi>${login}</bdi></strong>`;
}
