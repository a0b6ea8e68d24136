import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import { faultModes } from "../faults.ts";
import { userStates } from "../user-state.ts";
import { page } from "./page.ts";

export function startPage(instance: Instance, signedInAs: string | undefined) {
  return page(
    "What this is",
    html`<p>
        A small program that behaves like Forgejo 16 as far as its OAuth2 provider and some of its API go. All
        state is lost when the process ends.
      </p>
      <p>
        ${
          signedInAs === undefined
            ? html`<a href="/user/login">Sign in</a>`
            : html`You are signed in as <strong>${signedInAs}</strong>.
                <a href="/user/settings/applications">Authorized applications</a>
                <form method="post" action="/user/logout"><button>Sign out</button></form>`
        }
      </p>
      <h2>Controls</h2>
      <p>
        From this machine only: <code>POST ${instance.url}/sandbox/controls</code> with JSON, one or more
        members of
      </p>
      <pre>
{"accessTokenSeconds": 5}
{"refreshTokenSeconds": 60}
{"revokeGrant": {"user": "alice", "clientId": "…"}}
{"prohibit": {"user": "alice", "prohibited": true}}
{"userState": {"user": "alice", "state": "must-change-password"}}
{"deleteUser": {"user": "bob"}}
{"rename": {"user": "alice", "to": "alicia"}}
{"rotateSecret": {"clientId": "…"}}
{"deleteApp": {"clientId": "…"}}
{"csrf": true}
{"version": "7.0.0+gitea-1.21.0"}
{"addRepository": {"owner": "alice", "name": "fork", "isFork": true, "hasIssues": false, "first": true}}
{"unauthorizedStyle": "v15"}
{"loseCounterRace": 1}
{"counterRaceWindowMs": 50}
{"fault": {"path": "^/login/oauth/access_token$", "mode": "503", "times": 1}}
{"clearFaults": true}</pre>
      <p>The states of a user: ${codes(userStates)}.</p>
      <p>
        The modes of a fault: ${codes(faultModes)}. The response holds the counts of code exchanges and
        refreshes, and the new secret where one was made.
        <code>GET ${instance.url}/sandbox/requests</code> returns the requests so far.
      </p>`,
  );
}

function codes(values: readonly string[]) {
  return values.map((value, index) => html`${index === 0 ? "" : ", "}<code>${value}</code>`);
}
