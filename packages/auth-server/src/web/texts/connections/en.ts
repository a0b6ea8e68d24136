import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "The name was saved.",
    narrowed: "Saved. It may do less from now on.",
    unchanged: "Nothing was changed.",
    ended: "Disconnected. Its access has ended.",
    already_ended: "This connection had already ended.",
    signed_out: "You are signed out of this page.",
    signed_in_again: "You were signed out meanwhile, and nothing was changed. Sign in, then try again.",
    forgejo_first:
      "No token was created yet. Sign in with Forgejo once more, so that it can allow this, then create the token.",
  },
  reasons: {
    disconnected: "You disconnected it on this page.",
    administrator: "An administrator disconnected it.",
    client_request: "The application itself gave up its access.",
    code_replay: "Its sign-in was used twice, which can be an attack. Connect it again.",
    refresh_replay:
      "It used an old key again, which can be an attack or a restored backup of it. Connect it again.",
    upstream_invalid: "Forgejo ended this server’s access to your account. Connect it again.",
    application_removed: "The administrator changed how this server signs in to Forgejo. Connect it again.",
    not_allowed: "The administrator of this server no longer allows your account.",
    evicted: "Your account had too many connections, and this one was used least recently.",
  },
  identities: {
    document: "It publishes its identity at a site of its own.",
    registration: "It registered itself; its name has not been checked.",
    none: "Not known: any program on your device can use its address.",
  },
  signInFailures: {
    access_denied: {
      title: "You did not sign in",
      detail: "The sign-in was declined at Forgejo. Nothing was changed.",
      advice: "Close this page, or try again.",
    },
    not_allowed: {
      title: "You may not use this server",
      detail: "The administrator of this server has not allowed your account to use it.",
      advice: "Ask the administrator to allow it, and name the reference below.",
    },
    temporarily_unavailable: {
      title: "Forgejo does not respond",
      detail: "So you cannot sign in here at present. Your connections are not affected.",
      advice: "Try again in a few minutes.",
    },
    server_error: {
      title: "This server cannot sign you in",
      detail: "Forgejo and this server do not fit together at present. Your connections are not affected.",
      advice: "Tell the administrator of this server.",
    },
  },
  faults: {
    not_found: {
      title: "There is no such connection",
      detail: "It may have ended, or belong to another account.",
      advice: "Look at the list of your connections.",
    },
    not_administrator: {
      title: "Only for administrators",
      detail: "Forgejo says that your account does not administer it. Nothing was changed.",
      advice: "If you have just become an administrator, sign out here and sign in again.",
    },
    unavailable: {
      title: "Forgejo does not respond",
      detail: "So this server cannot ask it about your account. Nothing was changed.",
      advice: "Try again in a few minutes.",
    },
    misconfigured: {
      title: "Forgejo and this server do not fit together",
      detail: "So this server cannot ask it about your account. Nothing was changed.",
      advice: "Tell the administrator of this server.",
    },
    other_site: {
      title: "This did not come from our page",
      detail: "Another site, or an extension of your browser, sent this form. Nothing was changed.",
      advice: "Open the page of your connections yourself, and act there.",
    },
    no_cookie: {
      title: "Your browser did not send the page’s cookie",
      detail: "Nothing was changed. The cookie may have expired, or your browser blocks it.",
      advice: "Allow cookies for this site, then open the page again.",
    },
    wrong_token: {
      title: "This page is out of date",
      detail: "You signed in or out since it was opened. Nothing was changed.",
      advice: "Open the page again.",
    },
    form_used: {
      title: "This form was sent before",
      detail: "It makes one personal token, which is shown once. Nothing was created now.",
      advice: "If you did not copy the token, end it in the list of your connections and create a new one.",
    },
  },
  back: "Back to your connections",
  signIn: {
    title: "Your connected applications",
    about: (forgejo) =>
      text`See which applications use your account on ${forgejo}, give them a name, allow them less, or disconnect them.`,
    button: "Sign in with Forgejo",
    hint: (forgejo) => text`You sign in on ${forgejo}. If you are signed in there already, it may not ask.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`You may still be signed in at ${forgejo}: ${signOut("sign out there")}.`,
  },
  signedInAs: (login) => text`Signed in as ${login}`,
  signOut: "Sign out",
  list: {
    title: "Connected applications",
    about: (forgejo) => text`These applications can use your account on ${forgejo} through this server.`,
    manage: "Manage",
    emptyTitle: "No application is connected",
    empty: "Add this address in your MCP client, as a remote MCP server. It then appears here.",
    inForgejo: {
      title: "In Forgejo itself",
      about: (forgejo) =>
        text`${forgejo} lists this server as one application. Ending it there stops all of the above at once, until you sign in here or connect one again; to end one permanently, disconnect it here.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} lists this server as two applications: one for connections that only read, one for those that also write. Ending one there stops all of its connections at once; to end a single one, disconnect it here.`,
    },
    allAccounts: "Connections of all accounts",
  },
  connection: {
    title: "A connected application",
    yourName: "Your name for it",
    address: "Its address",
    may: "It may",
    areas: "Areas",
    since: "Connected",
    lastUse: "Last use",
    neverUsed: "Not used yet",
    used: (when) => `Used ${when}`,
    justNow: "just now",
    lastTools: "Last tools",
    sessions: "Open sessions",
    sessionCount: (count) => {
      if (count === 0) return "None";
      return count === 1 ? "1 open session" : `${count} open sessions`;
    },
    sessionsUnknown: "Not known at present",
  },
  tokens: {
    title: "Personal tokens",
    about: "For programs that cannot open a browser, such as scripts and CI. Each acts as you.",
    one: "Personal token",
    made: "Created",
    expires: "Expires",
    expiresOn: (date) => `Expires on ${date}`,
    end: {
      title: "End this token",
      about: "Programs that use it are rejected at once. It cannot be restored: create a new one instead.",
      button: "End it",
    },
    narrowAbout: "This applies at once. To allow more again, create a new token.",
    form: {
      title: "New personal token",
      name: "What is it for?",
      nameHint: "A name by which you know it again, such as “nightly-ci”.",
      days: "For how many days?",
      daysHint: (max) => `From 1 to ${max}. Then it ends by itself.`,
      button: "Create the token",
      faults: {
        no_name: "Nothing was created yet. Say below what the token is for.",
        bad_days: "Nothing was created yet. Enter a whole number of days from 1 to 365 below.",
        too_often:
          "Nothing was created yet: too many tokens were created within a minute. Wait a minute, then send the form again.",
        too_many: "You have as many personal tokens as one account may have. End one, then create a new one.",
      },
    },
    created: {
      title: "Your new personal token",
      copy: "Copy it now. It is shown only this once, and stored nowhere.",
      header: "Your program sends it in this header of every request:",
      address: "The requests go to this address:",
      keep: "Keep it secret: anyone with a copy can do in your name what it may. If it leaks, end it on the page of your connections.",
    },
  },
  rename: {
    title: "Rename",
    label: "Your name for it",
    about: "Only you see it, such as “laptop” or “work”. Leave it empty to remove it.",
    button: "Save name",
  },
  narrow: {
    title: "Allow less",
    about: "This applies at once. To allow more again, disconnect it and connect it anew.",
    noArea: "Nothing was changed. Leave at least one area ticked, or end the access altogether.",
    button: "Save",
  },
  disconnect: {
    title: "Disconnect this application",
    about: "Its access ends at once, in the middle of its work too. To use it again, connect it anew.",
    button: "Disconnect",
  },
  history: {
    title: "What happened lately",
    viewed: "An administrator looked at your connections.",
    connected: "You connected it.",
    token_created: "You created it.",
    narrowed: {
      user: "You allowed it less on this page.",
      administrator: "An administrator allowed it less.",
    },
  },
  accounts: {
    title: "All accounts",
    about: "Accounts with connected applications. You can look at them, and disconnect.",
    audited: "What you do here is logged, and shown to the account’s user.",
    none: "No account has a connected application.",
    unknownLogin: "name not known",
    id: (id) => `Account ${id}`,
    count: (count) => (count === 1 ? "1 connection" : `${count} connections`),
    open: "Look",
    first: "First page",
    next: "Next page",
    own: "Your own connections",
    one: {
      title: "Connections of an account",
      none: "This account has no connected application.",
      disconnect: "Its access ends at once. The user sees that an administrator did it.",
    },
  },
};
