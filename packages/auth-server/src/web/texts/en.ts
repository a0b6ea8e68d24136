import { html as text } from "hono/html";
import { connections } from "./connections/en.ts";
import { device } from "./device/en.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Go back to your MCP client and connect again.";

export const en: Texts = {
  tag: "en",
  common: {
    connectAgain,
    tryAgain: "Try again",
    reference: (reference) => text`Reference for the administrator: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`If it keeps happening, tell the administrator this reference: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`Signed in with the wrong account? ${signOut(text`Sign out at ${forgejo}`)}, then try again and sign in with the other one.`,
    tellClient: (target, goOn) =>
      text`If you have just started connecting from ${target}, you can tell it about this error: ${goOn(text`continue to ${target}`)}. Otherwise close this page.`,
  },
  home: {
    title: "Forgejo for MCP clients",
    heading: "Use Forgejo from your AI assistant",
    intro: (forgejo) =>
      text`This server connects MCP clients with your own account on ${forgejo}. Add it to your client with this address:`,
    clients: "How to add it",
    paste: (menu) => text`Open ${menu} and paste the address.`,
    pasteAndChoose: (menu, choice) => text`Open ${menu}, paste the address and choose ${choice}.`,
    thenRun: (command) => text`Then run ${command} in it.`,
    addTo: (client) => `Add to ${client}`,
    stdioClients: "Clients that only start programs (stdio)",
    safety: (forgejo) =>
      text`Your client then opens a page here that asks whether you allow it, and you sign in on ${forgejo} as usual. Your password never passes through this server or the client.`,
    connections: "See, restrict or end connected applications",
  },
  consent: {
    title: "Allow an application?",
    incomplete: (title) => `Not complete: ${title}`,
    heading: "Allow an application to use your Forgejo account?",
    faults: {
      not_started: "Nothing was allowed yet. Tick “I started this” below if you did.",
      outdated: "Nothing was allowed yet. This page was open for more than ten minutes: choose again below.",
      no_level: "Nothing was allowed yet. Choose “Read only” or “Read and write” below.",
      level_not_offered: "Nothing was allowed yet. What was chosen is not offered here: choose again below.",
      no_toolset: "Nothing was allowed yet. Leave at least one area ticked under “Where?”.",
      toolset_not_offered:
        "Nothing was allowed yet. One of the areas is not offered here: choose again below.",
    },
    callsItself: "It calls itself",
    unnamed: "An application without a name",
    identity: "Identity",
    unverified: "unverified registration",
    registeredItself: "it registered itself",
    known: "known to this server",
    document: (host) => text`a document at ${host}`,
    sendsBackTo: "Sends you back to",
    loopbackWarning:
      "This goes to a program on your own computer. Allow it only if you have just started connecting from a program there: any other one could pose as it.",
    appWarning: (scheme) =>
      text`This opens an app on your device, the one for ${scheme} links. Allow it only if you have just started connecting from that app: any other one could pose as it.`,
    levelQuestion: "What may it do?",
    onlyReading: "It may only read",
    started: {
      label: "I started this",
      about: "I have just asked this application to connect. It can look, and change nothing.",
    },
    privateIncluded: "Private repositories that you can see are included.",
    readingEnforced: "Forgejo itself enforces this.",
    publicOnly: "Only what is public is included.",
    toolsetQuestion: "Where?",
    moreToolsets: (count) => `More areas (${count})`,
    readOnlyToolset: (label) => `${label} (read only)`,
    earlier: (day, choice) =>
      `On ${day}, an application that looked the same here was allowed in this browser: ${choice}. Choose again below.`,
    onlyIfAsked: "Allow it only if you have just asked this application to connect.",
    deny: "Deny",
    allow: "Allow",
    endsUnused: (duration) => `Its access ends when it has not been used for ${duration}.`,
    endsAfter: (duration) => `Its access ends after ${duration}.`,
    end: (connections) =>
      text`You can allow it less, or end it, at any time under ${connections("Connected applications")}.`,
    signIn: (forgejo, signOut) =>
      text`The name above is what the application calls itself; it has not been checked. After “Allow” you sign in on ${forgejo}. If you are signed in there with another account than you want to use, ${signOut("sign out there")} first.`,
  },
  levels: {
    read: { label: "Read only", about: "It can look, and change nothing." },
    write: { label: "Read and write", about: "It can also create, change, merge and delete as you." },
  },
  toolsets: {
    issues: { label: "Issues", about: "Issues, their comments, labels and milestones" },
    "pull-requests": { label: "Pull requests", about: "Pull requests and their reviews, merging included" },
    code: { label: "Code", about: "Repositories, their branches, files and commits" },
    releases: { label: "Releases", about: "Releases of repositories" },
    actions: { label: "Actions", about: "Workflow runs, their jobs and logs" },
    wiki: { label: "Wiki", about: "Wiki pages and their history" },
    "time-tracking": { label: "Time tracking", about: "Tracked times and stopwatches" },
    attachments: { label: "Attachments", about: "Files attached to issues, comments and releases" },
    organizations: { label: "Organizations", about: "Organizations, their members, teams and labels" },
    notifications: { label: "Notifications", about: "Your notifications, and whether they are read" },
    admin: { label: "Administration", about: "Settings, webhooks and branch protection of repositories" },
    context: { label: "Context", about: "Your own account, and the other users" },
    other: {
      label: "Everything else",
      about: "Tools that fit nowhere above, or that this server does not know",
    },
  },
  loginFaults: {
    no_login: {
      title: "There is no login here",
      detail: "This address is only for the way back from Forgejo, and your browser came without a login.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "This login was started in another browser",
      detail:
        "It can be finished only in the browser where it was started. A private window counts as another browser.",
      steps: ({ forgejo }) => [
        "Continue in the browser that your MCP client opened, or connect again and stay in that browser.",
        text`To use another account, sign out at ${forgejo} in that browser first, then connect again.`,
      ],
    },
    cookies_blocked: {
      title: "Your browser did not keep the login’s cookie",
      detail: "This server recognises your browser by a cookie during the login, and none came back.",
      steps: ({ server }) => [
        text`Allow cookies for ${server}; a private window or an extension may block them.`,
        "Check the date and time of this device: with a wrong clock, a browser deletes cookies at once.",
        "If you copied the link from another browser, continue there.",
        connectAgain,
      ],
    },
    finished: {
      title: "This login is already finished",
      detail: "Each login works once. Nothing is left to do on this page.",
      steps: () => [
        "If your MCP client says that it is connected, close this page.",
        "If not, go back to your MCP client and connect again.",
      ],
    },
    expired: {
      title: "This login has expired",
      detail: "It was not finished in time, or is over. Nothing has been allowed by this page.",
      steps: () => [connectAgain, "Then finish the login without a long break."],
    },
    clock_changed: {
      title: "This server’s clock has changed",
      detail:
        "The login seems to have started in the future: the server’s clock was set back, or several servers disagree.",
      steps: () => [
        connectAgain,
        "If it happens again, ask the administrator to check that the server’s clock is synchronised.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "This login has expired",
      detail: "It was not finished in time, is over, or your browser did not keep its cookie.",
      advice:
        "If your MCP client says that it is connected, close this page. If not, go back to it and connect again.",
    },
    unreadable_document: {
      title: "This application is not known here",
      detail:
        "It is described by a document on its own website, which this server cannot read or may not use.",
      advice: "Try again in a minute. If that does not help, give the reference to your administrator.",
    },
    unknown_client: {
      title: "This application is not known here",
      detail: "This client is not, or no longer, registered here.",
      advice: "Remove this server in your client and add it again.",
    },
    not_accepted: {
      title: "This application may not connect here",
      detail: "The administrator of this server has not allowed it:",
      advice: "Ask the administrator, and name the reference below.",
    },
    unregistered_redirect: {
      title: "This login cannot continue",
      detail: "The client asks to be redirected to an address that it has not registered.",
      advice: connectAgain,
    },
    no_page: {
      title: "This login cannot continue",
      detail: "The client asks to connect without a page. This server always asks you first.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Try again in a moment",
      detail: "A part of this server is restarting. Try again in a few seconds.",
      advice: connectAgain,
    },
    failed: {
      title: "Something went wrong",
      detail: "This server could not complete the request.",
      advice: connectAgain,
    },
    invalid: {
      title: "This login cannot continue",
      detail: "The client’s request is not complete or not valid:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Try again in a moment",
      detail: "A part of this server is being restarted.",
      advice: "Reload this page in a few seconds. Nothing is lost.",
    },
    failed: {
      title: "Something went wrong",
      detail: "This server could not complete the request.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Too many requests",
    detail: "This server got too many requests from your network within a minute.",
    advice: (wait) => `Wait ${wait}, then reload this page. Nothing is lost.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Check the account",
    signedIn: (login, forgejo) => text`You are signed in at ${forgejo} as ${login}.`,
    before:
      "Another account was connected from this browser before. If you go on, this application acts as the account above.",
    goOn: "Go on with this account",
  },
  notAllowed: {
    title: "You may not use this server",
    detail: (login) =>
      text`You are signed in to Forgejo as ${login}, and the administrator of this server has not allowed that account to use it. Your MCP client got no access.`,
    ask: "Ask the administrator of this server to allow your account, and name the reference below.",
    goBack: "Go back to your MCP client, which learns that it got no access.",
    back: "Back to your MCP client",
  },
  suspended: {
    title: "Forgejo does not let you in",
    detail: "You signed in, but Forgejo does not let your account use it at present. It says:",
    act: "Do in Forgejo what it asks for, or ask its administrator.",
    open: "Open Forgejo",
    comeBack: "Come back to this page and try again.",
  },
  insufficientScope: {
    title: "Forgejo granted too little",
    detail:
      "You once allowed this server in Forgejo with fewer permissions, and Forgejo keeps to that. These are missing:",
    privateRepositories: "private repositories",
    revoke:
      "Open your applications in Forgejo and revoke the access of this server under “Authorized OAuth2 applications”. Clients that you connected before must be connected again.",
    entries: {
      read: "This server has two entries there. Revoke the one for reading only, such as “fjmcp (read only)”, and leave the other.",
      write:
        "This server has two entries there. Revoke the one for reading and writing, and leave the one for reading only, such as “fjmcp (read only)”.",
    },
    open: "Open Forgejo’s settings",
    comeBack: "Come back to this page and try again. Forgejo then asks for all permissions.",
  },
  notFound: {
    title: "There is no page here",
    detail:
      "If you followed a link from your MCP client, connect again there. The address of this server for MCP clients is:",
    connect: "How to connect a client",
  },
};
