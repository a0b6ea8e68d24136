import { lowerCaseWords } from "@fjmcp/shared/config/words";
import { sha256Hex } from "@fjmcp/shared/hash";
import { isLoopbackHost } from "@fjmcp/shared/net/loopback";
import { constantTimeEqual } from "../../crypto/constant-time-equal.ts";
import { isDocumentUrl } from "../client-documents/client-document.ts";
import { matchesHost } from "../client-documents/document-hosts.ts";
import { isForDevices } from "../grant-types.ts";
import { registrationFault } from "./registration-policy.ts";

type Metadata = Readonly<Record<string, unknown>>;

/** Which clients the administrator accepts. It decides about registrations and authorization requests, never about tokens. */
export interface ClientPolicySettings {
  /** `token`: only with an initial access token (RFC 7591 §3). */
  readonly registration: "open" | "token" | "off";
  /** The SHA-256 of each initial access token, in hex. */
  readonly tokenDigests: readonly string[];
  /** Host names, `*.example.org`, `*`; `localhost` stands for every loopback address. */
  readonly redirectHosts: readonly string[];
  /** Schemes without their colon; `*` is any. */
  readonly redirectSchemes: readonly string[];
  /** Whether clients may connect by device codes (RFC 8628), which no redirect limits. */
  readonly deviceFlow: boolean;
}

/** The member of a registration that names the initial access token it was made with, by the start of its digest. */
export const registeredWith = "registered_with";

/** The administrator's policy, over the rules that no configuration changes. */
export interface ClientPolicy {
  readonly offersRegistration: boolean;
  readonly offersDeviceFlow: boolean;
  /**
   * Whether the value of an Authorization header (RFC 6750 §2.1) allows a registration, and the members to add to it;
   * undefined when it does not.
   */
  membersOfRegistration(authorization: string | undefined): Metadata | undefined;
  /** Why a client with this metadata is rejected; undefined when it is accepted. `client_id` is absent at its registration. */
  faultOf(metadata: Metadata): string | undefined;
}

const digestPrefix = 16;

export function createClientPolicy(settings: ClientPolicySettings): ClientPolicy {
  const { registration, tokenDigests, redirectHosts, redirectSchemes } = settings;
  const known = new Set(tokenDigests.map((digest) => digest.slice(0, digestPrefix)));

  function redirectFault(uri: unknown): string | undefined {
    if (typeof uri !== "string") return undefined;
    const { protocol, hostname } = new URL(uri);
    const scheme = protocol.slice(0, -1);
    if (!redirectSchemes.some((allowed) => allowed === "*" || allowed === scheme)) {
      return `redirect_uris must not use the scheme ${scheme}, which the administrator of this server has not allowed`;
    }
    if (scheme !== "http" && scheme !== "https") return undefined;
    const host = isLoopbackHost(hostname) ? "localhost" : hostname;
    return redirectHosts.some((pattern) => matchesHost(pattern, host))
      ? undefined
      : `redirect_uris must not lead to ${host}, which the administrator of this server has not allowed`;
  }

  function deviceFault({ grant_types: types }: Metadata): string | undefined {
    return settings.deviceFlow || !isForDevices(types)
      ? undefined
      : "this client connects by device codes, which the administrator of this server does not allow";
  }

  function registrationModeFault({ client_id: id, [registeredWith]: mark }: Metadata): string | undefined {
    if (typeof id !== "string" || isDocumentUrl(id) || registration === "open") return undefined;
    if (registration === "token" && typeof mark === "string" && known.has(mark)) return undefined;
    return "this client has registered itself, which the administrator of this server does not allow";
  }

  return {
    offersRegistration: registration !== "off",
    offersDeviceFlow: settings.deviceFlow,

    membersOfRegistration(authorization) {
      if (registration === "open") return {};
      const [, token] = /^bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
      if (registration === "off" || token === undefined) return undefined;
      const sent = sha256Hex(token);
      const digest = tokenDigests.find((one) => constantTimeEqual(one, sent));
      return digest === undefined ? undefined : { [registeredWith]: digest.slice(0, digestPrefix) };
    },

    faultOf(metadata) {
      const uris = Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris : [];
      return (
        registrationFault(metadata) ??
        registrationModeFault(metadata) ??
        deviceFault(metadata) ??
        uris.map(redirectFault).find((fault) => fault !== undefined)
      );
    },
  };
}

/** A schema for the digests of initial access tokens. */
export function tokenDigests() {
  return lowerCaseWords(
    /^[0-9a-f]{64}$/,
    "must be SHA-256 digests in hex, separated by spaces: printf %s TOKEN | sha256sum",
  );
}

/** A schema for URI schemes. */
export function uriSchemes() {
  return lowerCaseWords(
    /^(\*|[a-z][a-z\d+.-]*)$/,
    "must be schemes such as `https` or `cursor`, or `*`, separated by spaces",
  );
}
