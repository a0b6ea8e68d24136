import { html } from "hono/html";
import type { LoginFault } from "../../login/login-fault.ts";
import { hostText } from "./breakable-text.ts";
import { pageLayout, type Html } from "./page-layout.ts";

/** Why a login cannot go on in this browser, and what to do. The log holds the same reference beside the cause. */
export function loginFaultPage(
  fault: LoginFault,
  view: { host: string; forgejoUrl: string; reference: string },
): Html {
  const { title, detail, steps } = texts(view)[fault];
  return pageLayout(
    title,
    html`<p class="brand">fjmcp</p>
      <h1>${title}</h1>
      <p>${detail}</p>
      <ul>
        ${steps.map((step) => html`<li>${step}</li>`)}
      </ul>
      <p class="soft">
        If it keeps happening, tell the administrator this reference: <code>${view.reference}</code>
      </p>`,
  );
}

interface FaultText {
  title: string;
  detail: string;
  steps: readonly (string | Html)[];
}

function texts({ host, forgejoUrl }: { host: string; forgejoUrl: string }): Record<LoginFault, FaultText> {
  const connectAgain = "Go back to your MCP client and connect again.";
  const forgejo = html`<a href="${forgejoUrl}/" rel="noreferrer">${hostText(new URL(forgejoUrl).host)}</a>`;
  return {
    no_login: {
      title: "There is no login here",
      detail: "This address is only for the way back from Forgejo, and your browser came without a login.",
      steps: [connectAgain],
    },
    other_browser: {
      title: "This login was started in another browser",
      detail:
        "It can be finished only in the browser where it was started. A private window counts as another browser.",
      steps: [
        "Continue in the browser that your MCP client opened, or connect again and stay in that browser.",
        html`To use another account, sign out at ${forgejo} in that browser first, then connect again.`,
      ],
    },
    cookies_blocked: {
      title: "Your browser did not keep the login’s cookie",
      detail: "This server recognises your browser by a cookie during the login, and none came back.",
      steps: [
        html`Allow cookies for ${hostText(host)}; a private window or an extension may block them.`,
        "Check the date and time of this device: with a wrong clock, a browser deletes cookies at once.",
        "If you copied the link from another browser, continue there.",
        connectAgain,
      ],
    },
    finished: {
      title: "This login is already finished",
      detail: "Each login works once. Nothing is left to do on this page.",
      steps: [
        "If your MCP client says that it is connected, close this page.",
        "If not, go back to your MCP client and connect again.",
      ],
    },
    expired: {
      title: "This login has expired",
      detail: "It was not finished in time, or is over. Nothing has been allowed by this page.",
      steps: [connectAgain, "Then finish the login without a long break."],
    },
    clock_changed: {
      title: "This server’s clock has changed",
      detail:
        "The login seems to have started in the future: the server’s clock was set back, or several servers disagree.",
      steps: [
        connectAgain,
        "If it happens again, ask the administrator to check that the server’s clock is synchronised.",
      ],
    },
  };
}
