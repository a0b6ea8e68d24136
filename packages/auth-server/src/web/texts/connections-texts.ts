import type { RevocationReason } from "@fjmcp/shared/ipc/explain";
import type { SignInFailure } from "../../login/login-outcome.ts";
import type { ClientIdentity } from "../../provider/client-id/describe-client.ts";
import type { ConsentFault } from "../consent-choice.ts";
import type { ConnectionNotice } from "../connection-notice.ts";
import type { ConnectionsFault } from "../connections-fault.ts";
import type { Html } from "../html.ts";
import type { TokenFormFault } from "../token-form-fault.ts";
import type { FaultText } from "./fault-text.ts";
import type { Link } from "./link.ts";

/** The pages about connections. Moments come as text, such as “3 minutes ago” or “4 March 2027”. */
export interface ConnectionsTexts {
  readonly notices: Readonly<Record<ConnectionNotice, string>>;
  /** Why a connection ended, after its name. */
  readonly reasons: Readonly<Record<RevocationReason, string>>;
  readonly identities: Readonly<Record<ClientIdentity, string>>;
  readonly signInFailures: Readonly<Record<SignInFailure, FaultText>>;
  readonly faults: Readonly<Record<ConnectionsFault, FaultText>>;
  readonly back: string;
  readonly signIn: {
    readonly title: string;
    readonly about: (forgejo: Html) => Html;
    readonly button: string;
    readonly hint: (forgejo: Html) => Html;
    /** After a sign-out here. */
    readonly stillAtForgejo: (forgejo: Html, signOut: Link) => Html;
  };
  readonly signedInAs: (login: Html) => Html;
  readonly signOut: string;
  readonly list: ListTexts;
  readonly connection: ConnectionTexts;
  readonly tokens: TokenTexts;
  readonly rename: FormTexts & { readonly label: string };
  readonly narrow: FormTexts & { readonly noArea: string };
  readonly disconnect: FormTexts;
  readonly history: HistoryTexts;
  readonly accounts: AccountsTexts;
}

/** A form behind a first click: the words of the click, what it does, and the button. */
interface FormTexts {
  readonly title: string;
  readonly about: string;
  readonly button: string;
}

interface ListTexts {
  readonly title: string;
  readonly about: (forgejo: Html) => Html;
  readonly manage: string;
  readonly emptyTitle: string;
  readonly empty: string;
  readonly inForgejo: {
    readonly title: string;
    readonly about: (forgejo: Html) => Html;
    /** Where there are two applications. */
    readonly aboutTwo: (forgejo: Html) => Html;
  };
  readonly allAccounts: string;
}

interface ConnectionTexts {
  readonly title: string;
  readonly yourName: string;
  readonly address: string;
  readonly may: string;
  readonly areas: string;
  readonly since: string;
  readonly lastUse: string;
  readonly neverUsed: string;
  readonly used: (when: string) => string;
  readonly justNow: string;
  /** Heads the names of the tools that were called last. */
  readonly lastTools: string;
  readonly sessions: string;
  readonly sessionCount: (count: number) => string;
  readonly sessionsUnknown: string;
}

interface TokenTexts {
  readonly title: string;
  readonly about: string;
  /** What a personal token is called. */
  readonly one: string;
  readonly made: string;
  readonly expires: string;
  readonly expiresOn: (date: string) => string;
  readonly end: FormTexts;
  /** What allowing less means for a personal token. */
  readonly narrowAbout: string;
  readonly form: {
    readonly title: string;
    readonly name: string;
    readonly nameHint: string;
    readonly days: string;
    readonly daysHint: (max: number) => string;
    readonly button: string;
    readonly faults: Readonly<Record<Exclude<TokenFormFault, ConsentFault>, string>>;
  };
  readonly created: {
    readonly title: string;
    readonly copy: string;
    /** Before the header, and before the address to which it is sent. */
    readonly header: string;
    readonly address: string;
    readonly keep: string;
  };
}

/** Sentences after the name of a connection, but `viewed`. */
interface HistoryTexts {
  readonly title: string;
  readonly viewed: string;
  readonly connected: string;
  readonly token_created: string;
  readonly narrowed: Readonly<Record<"user" | "administrator", string>>;
}

interface AccountsTexts {
  readonly title: string;
  readonly about: string;
  /** Says that the users read of what an administrator does. */
  readonly audited: string;
  readonly none: string;
  /** Stands in the place of a login name. */
  readonly unknownLogin: string;
  readonly id: (id: string) => string;
  readonly count: (count: number) => string;
  readonly open: string;
  readonly first: string;
  readonly next: string;
  readonly own: string;
  readonly one: { readonly title: string; readonly none: string; readonly disconnect: string };
}
