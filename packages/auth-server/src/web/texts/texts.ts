import type { Toolset } from "@fjmcp/shared/oauth/toolsets";
import type { LoginFault } from "../../login/login-fault.ts";
import type { AuthorizationFault } from "../../provider/authorization-fault.ts";
import type { AuthorizationFailure } from "../../provider/pending-authorizations.ts";
import type { ConsentFault } from "../consent-choice.ts";
import type { AccessLevel } from "../consent-offer.ts";
import type { Html } from "../html.ts";
import type { FaultText } from "./fault-text.ts";
import type { Link } from "./link.ts";
import type { ConnectionsTexts } from "./connections-texts.ts";
import type { UserCodeFault } from "../user-code-fault.ts";

/** A choice: what it is called, and what it is about. */
interface LabelledText {
  readonly label: string;
  readonly about: string;
}

/**
 * All that people read on the pages, in one language. Hosts, links, commands and references come as parameters, escaped and
 * isolated by the page; what a client calls itself is never part of a text.
 */
export interface Texts {
  /** The language (BCP 47), for `lang` and for `Intl`. */
  readonly tag: string;
  readonly common: CommonTexts;
  readonly home: HomeTexts;
  readonly consent: ConsentTexts;
  readonly levels: Readonly<Record<AccessLevel, LabelledText>>;
  readonly toolsets: Readonly<Record<Toolset, LabelledText>>;
  readonly loginFaults: Readonly<Record<LoginFault, LoginFaultText>>;
  readonly authorizationFaults: Readonly<Record<AuthorizationFault["kind"], FaultText>>;
  readonly serverFaults: Readonly<Record<"restarting" | "failed", FaultText>>;
  readonly tooManyRequests: WaitTexts;
  readonly device: DeviceTexts;
  readonly connections: ConnectionsTexts;
  /** Another account was connected from this browser before. */
  readonly otherAccount: {
    readonly title: string;
    readonly signedIn: (login: Html, forgejo: Html) => Html;
    readonly before: string;
    readonly goOn: string;
  };
  readonly notAllowed: NotAllowedTexts;
  readonly suspended: SuspendedTexts;
  readonly insufficientScope: InsufficientScopeTexts;
  readonly notFound: NotFoundTexts;
}

interface CommonTexts {
  readonly connectAgain: string;
  readonly tryAgain: string;
  /** The reference that the log holds beside the cause. */
  readonly reference: (reference: Html) => Html;
  readonly referenceIfRepeated: (reference: Html) => Html;
  /** Forgejo signs out by a form only, so that the link is its start page. */
  readonly wrongAccount: (forgejo: Html, signOut: Link) => Html;
  /** How to carry an error on to the client, at `target`. */
  readonly tellClient: (target: Html, goOn: Link) => Html;
}

export interface HomeTexts {
  readonly title: string;
  readonly heading: string;
  readonly intro: (forgejo: Html) => Html;
  readonly clients: string;
  /** `menu` and `choice` are words of the client. */
  readonly paste: (menu: Html) => Html;
  readonly pasteAndChoose: (menu: Html, choice: Html) => Html;
  readonly thenRun: (command: Html) => Html;
  readonly addTo: (client: string) => string;
  readonly stdioClients: string;
  readonly safety: (forgejo: Html) => Html;
  /** The words of a link to the page of connections. */
  readonly connections: string;
}

export interface ConsentTexts {
  readonly title: string;
  readonly incomplete: (title: string) => string;
  readonly heading: string;
  readonly faults: Readonly<Record<ConsentFault, string>>;
  readonly callsItself: string;
  readonly unnamed: string;
  readonly identity: string;
  readonly unverified: string;
  readonly registeredItself: string;
  /** Before a document whose client is in the list of this server or its administrator. */
  readonly known: string;
  readonly document: (host: Html) => Html;
  readonly sendsBackTo: string;
  readonly loopbackWarning: string;
  readonly appWarning: (scheme: Html) => Html;
  readonly levelQuestion: string;
  readonly onlyReading: string;
  readonly started: LabelledText;
  readonly privateIncluded: string;
  readonly publicOnly: string;
  /** Of read only, where Forgejo itself rejects the client's writes. */
  readonly readingEnforced: string;
  readonly toolsetQuestion: string;
  readonly moreToolsets: (count: number) => string;
  readonly readOnlyToolset: (label: string) => string;
  /** `day` as a date, `choice` such as “Read only (Issues, Code)”. Nothing is chosen by it. */
  readonly earlier: (day: string, choice: string) => string;
  readonly onlyIfAsked: string;
  readonly deny: string;
  readonly allow: string;
  /** `duration` as `durationText` writes it, such as “30 days”. */
  readonly endsUnused: (duration: string) => string;
  readonly endsAfter: (duration: string) => string;
  /** How to end it, or to allow it less: the link leads to the page of connections. */
  readonly end: (connections: Link) => Html;
  readonly signIn: (forgejo: Html, signOut: Link) => Html;
}

interface LoginFaultText {
  readonly title: string;
  readonly detail: string;
  readonly steps: (places: { server: Html; forgejo: Html }) => readonly (string | Html)[];
}

interface WaitTexts {
  readonly title: string;
  readonly detail: string;
  /** `wait` as `durationText` writes it, such as “30 seconds”. */
  readonly advice: (wait: string) => string;
}

/** The page where the code of a device is typed, its part of the consent page, and the result. */
export interface DeviceTexts {
  readonly title: string;
  readonly heading: string;
  readonly intro: string;
  readonly introFilledIn: string;
  readonly label: string;
  readonly confirm: string;
  readonly confirmAbout: string;
  readonly submit: string;
  readonly warning: string;
  readonly after: string;
  readonly tokenNamed: string;
  readonly waitsWith: string;
  readonly consentWarning: string;
  readonly faults: Readonly<Record<UserCodeFault, string>>;
  readonly paused: WaitTexts;
  readonly results: Readonly<Record<"granted" | AuthorizationFailure, { title: string; detail: string }>>;
  readonly enterAgain: string;
}

interface NotAllowedTexts {
  readonly title: string;
  readonly detail: (login: Html) => Html;
  readonly ask: string;
  readonly goBack: string;
  readonly back: string;
}

interface SuspendedTexts {
  readonly title: string;
  readonly detail: string;
  readonly act: string;
  readonly open: string;
  readonly comeBack: string;
}

interface InsufficientScopeTexts {
  readonly title: string;
  readonly detail: string;
  readonly privateRepositories: string;
  readonly revoke: string;
  /** Which of two entries there to revoke, by what the connections of its application may do. */
  readonly entries: Readonly<Record<AccessLevel, string>>;
  readonly open: string;
  readonly comeBack: string;
}

interface NotFoundTexts {
  readonly title: string;
  readonly detail: string;
  readonly connect: string;
}
