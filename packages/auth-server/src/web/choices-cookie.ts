import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { isLoopbackHost } from "@fjmcp/shared/net/loopback";
import type { Toolset } from "@fjmcp/shared/oauth/toolsets";
import type { Clock } from "@fjmcp/shared/clock";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import { hostCookieName, lastingCookieOptions } from "../host-cookie.ts";
import { parseAccess } from "../login/access-text.ts";
import type { ChosenAccess } from "../login/login-outcome.ts";
import { isDocumentUrl } from "../provider/client-documents/client-document.ts";
import type { AccessLevel } from "./consent-offer.ts";

const dayMs = 86_400_000;
const maxChoices = 8;
/** The day since the epoch, the access, and the MAC over both and the client. */
const entryPattern = /^(\d{5}\.[a-z_-]{1,160})\.([\w-]{43})$/;

/** What was chosen on a consent page in this browser before. */
export interface EarlierChoice {
  readonly level: AccessLevel;
  readonly toolsets: readonly Toolset[];
  /** The start of that day in UTC, in ms since the epoch. */
  readonly atMs: number;
}

/**
 * What was chosen in this browser for its latest clients (docs/adr/0035). It decides nothing and preselects nothing. Each
 * choice has a MAC that is bound to its client: only this server can make one, and none shows for another client.
 */
export interface ChoicesCookie {
  /** For the client as it appears now; undefined when there is none, or none that this server has made. */
  find(c: Context, client: ChosenAccess["client"]): EarlierChoice | undefined;
  /** In place of an earlier one for the same client. */
  remember(c: Context, choice: ChosenAccess): void;
}

/** `secure`: whether the issuer is https. */
export function createChoicesCookie(deps: {
  derivation: SecretDerivation;
  clock: Clock;
  secure: boolean;
}): ChoicesCookie {
  const { derivation, clock, secure } = deps;
  const name = hostCookieName("choices", secure);
  const entriesOf = (c: Context) => (getCookie(c, name) ?? "").split("~", maxChoices).filter(isEntry);

  function isOf(entry: string, identity: string): boolean {
    const [, text, mac] = entryPattern.exec(entry)!;
    const macs = derivation.deriveAll("earlier-choice", `${text}.${identity}`);
    return macs.some((one) => constantTimeEqual(one, mac!));
  }

  return {
    find(c, client) {
      const identity = identityOf(client);
      const entry = entriesOf(c).find((one) => isOf(one, identity));
      if (entry === undefined) return undefined;
      const [day, access] = entry.split(".");
      const { scopes, toolsets } = parseAccess(access!);
      if (toolsets.length === 0) return undefined;
      const level = scopes.includes("forgejo:write") ? "write" : "read";
      return { level, toolsets, atMs: Number(day) * dayMs };
    },

    remember(c, { client, access }) {
      const identity = identityOf(client);
      const text = `${Math.floor(clock() / dayMs)}.${access}`;
      const entry = `${text}.${derivation.derive("earlier-choice", `${text}.${identity}`)}`;
      const others = entriesOf(c).filter((one) => !isOf(one, identity));
      const value = [entry, ...others].slice(0, maxChoices).join("~");
      setCookie(c, name, value, lastingCookieOptions(secure));
    },
  };
}

function isEntry(text: string): boolean {
  return entryPattern.test(text);
}

/**
 * What the consent page shows of a client: its name and address, and its document where it has one. A client that registers
 * anew stays the same by that, on whatever port of the loopback interface. A device has no address: its id stands for it.
 */
function identityOf({ clientId, clientName, redirectUri }: ChosenAccess["client"]): string {
  const isStable = redirectUri === undefined || isDocumentUrl(clientId);
  return JSON.stringify([
    isStable ? clientId : "",
    clientName ?? "",
    redirectUri && withoutLoopbackPort(redirectUri),
  ]);
}

function withoutLoopbackPort(redirectUri: string): string {
  const url = new URL(redirectUri);
  if (/^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname)) url.port = "";
  return url.href;
}
