import { z } from "zod";
import { commonSettings } from "@fjmcp/shared/config/common-settings";
import { distinctSocketsCheck } from "@fjmcp/shared/config/distinct-sockets";
import { absolutePath, readEnvironment, secretFile, wholeNumber } from "@fjmcp/shared/config/environment";
import { displayText } from "@fjmcp/shared/display-text";
import { forgejoUrl } from "@fjmcp/shared/config/forgejo-url";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import {
  listenAddress,
  loopbackAddress,
  type ListenAddress,
  type TcpAddress,
} from "@fjmcp/shared/config/listen-address";
import { redisEndpoint, type RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import type { Secret } from "@fjmcp/shared/config/secret";
import { oneWord } from "@fjmcp/shared/config/words";
import type { InheritedSockets } from "@fjmcp/shared/http-server/inherited-sockets";
import type { LogLevel } from "@fjmcp/shared/log";
import { rootKey } from "@fjmcp/shared/root-key";
import { accessSettings } from "./access-settings.ts";
import { keyTexts } from "./crypto/key-ring.ts";
import {
  forgejoApplications,
  forgejoApplicationSettings,
  secondApplicationCheck,
  type ForgejoApplicationSettings,
} from "./forgejo-application-settings.ts";
import type { AddressPolicy } from "./http/address-limits.ts";
import { addressRanges } from "./http/address-ranges.ts";
import type { ClientDocument } from "./provider/client-documents/client-document.ts";
import type { DocumentHosts } from "./provider/client-documents/document-hosts.ts";
import type { ClientPolicySettings } from "./provider/requests/client-policy.ts";
import type { SignInPolicy } from "./upstream/tokens/sign-in-policy.ts";
import type { Instance } from "./web/instance.ts";
import { logoFile } from "./web/logo-file.ts";

/** The validated configuration of the auth-server. */
export interface AuthServerConfig {
  /** The public origin of this server; every URL is built from it. */
  readonly issuer: string;
  /** The issuer before a move: confirms that every client is to be connected again. */
  readonly previousIssuer: string | undefined;
  /** Whether cookies are Secure: false for an http issuer, which is on loopback. */
  readonly secureCookies: boolean;
  /** Sockets that are used in place of those that the next members name: `http`, `ipc`, `admin`. */
  readonly inherited: InheritedSockets;
  readonly listen: ListenAddress;
  readonly ipcSocket: string;
  readonly controlSocket: string;
  readonly mcpSocket: string;
  /** Where the administrator's command line is served; undefined: nowhere. */
  readonly adminSocket: string | undefined;
  /** Where metrics are served beside the admin socket; undefined: nowhere. */
  readonly metricsListen: TcpAddress | undefined;
  readonly redis: RedisEndpoint;
  readonly forgejo: {
    /** Without a trailing slash; may have a path. */
    readonly url: string;
    /** For all grants; beside a second application, for those that may write. */
    readonly application: ForgejoApplicationSettings;
    /** The second one: for grants that only read. */
    readonly readOnlyApplication: ForgejoApplicationSettings | undefined;
    /** Whether there is a secret of a second application, but no client id. */
    readonly hasUnusedSecret: boolean;
    /** The URL before a move: confirms that `url` is the same Forgejo instance. */
    readonly previousUrl: string | undefined;
    readonly timeoutMs: number;
  };
  readonly signIn: SignInPolicy;
  readonly clientPolicy: ClientPolicySettings;
  readonly clientDocuments: {
    readonly hosts: DocumentHosts;
    /** The administrator's own. */
    readonly own: readonly ClientDocument[];
  };
  /** Undefined: requests are not limited. */
  readonly rateLimits: AddressPolicy | undefined;
  /** How the pages present this installation. */
  readonly instance: Instance;
  /** As `derivationKey`: the current key encrypts, the others decrypt. */
  readonly vaultKey: Secret;
  /**
   * The previous application and vault key id, as the error at start names them: confirms that they are permanently
   * lost, and with them the stored Forgejo tokens.
   */
  readonly vaultDiscard: string | undefined;
  /** As `derivationKey`: the current key signs, the others verify. */
  readonly cookieKey: Secret;
  /** One root key a line, the current one first. */
  readonly derivationKey: Secret;
  /** The previous derivation key ids, as the error at start names them: confirms that they are permanently lost. */
  readonly derivationDiscard: string | undefined;
  /** Whole seconds, as `expires_in` requires (RFC 6749 §5.1); a fraction is rounded up. */
  readonly accessTokenSec: number;
  readonly refreshTokenSec: number;
  /** How long a rotated refresh token may be used again and returns the same successor; 0 = never. */
  readonly refreshGraceSec: number;
  readonly logLevel: LogLevel;
}

const minimumKeyLength = 32;
const daySec = 24 * 3600;
/** All users of Claude connect from here. */
const claudeEgress = "160.79.104.0/21";

/** The settings of the auth-server; each has a description for the reference and the configuration file. */
export const authServerSettings = {
  ...commonSettings,
  ...accessSettings,
  ...forgejoApplicationSettings,
  FJMCP_PREVIOUS_ISSUER: issuerUrl()
    .optional()
    .describe(
      "the old issuer, when `FJMCP_ISSUER` changed permanently: every client must be connected again",
    ),
  FJMCP_LISTEN: listenAddress()
    .prefault("unix:/run/fjmcp/auth/http.sock")
    .describe(
      "where the proxy reaches the auth-server: `unix:/path` or `127.0.0.1:port`; where systemd holds the socket, `ListenStream=` of its unit says so instead",
    ),
  FJMCP_ADMIN_SOCKET: absolutePath()
    .optional()
    .describe("where the auth-server serves the command line; systemd's socket, or nowhere, unless given"),
  FJMCP_METRICS_LISTEN: loopbackAddress()
    .optional()
    .describe(
      "a loopback port that serves the metrics of both daemons to Prometheus at `/metrics`, such as `127.0.0.1:9464`; none unless given",
    ),
  FJMCP_REDIS_AUTH_USERNAME: oneWord()
    .default("fjmcp-auth-server")
    .describe("the auth-server's user in Redis, see `deploy/redis.acl`"),
  FJMCP_REDIS_AUTH_PASSWORD_FILE: secretFile().describe("the password of the auth-server's user in Redis"),
  FJMCP_INSTANCE_NAME: instanceName()
    .prefault("fjmcp")
    .describe("the name on the pages, such as that of your organisation; at most 60 characters"),
  FJMCP_LOGO_FILE: logoFile()
    .optional()
    .describe("a picture beside the name on the pages: SVG or PNG, at most 64 KiB, shown 32 pixels high"),
  FJMCP_LOGO_DARK_FILE: logoFile()
    .optional()
    .describe("in place of `FJMCP_LOGO_FILE` where a browser prefers dark colours"),
  FJMCP_RATE_LIMITS: z
    .enum(["on", "off"])
    .default("on")
    .describe("whether requests for registrations, logins and tokens are limited"),
  FJMCP_SHARED_EGRESS: addressRanges()
    .prefault(claudeEgress)
    .describe(
      "addresses and ranges (CIDR) that are not limited, because the clients of many users share them, separated by spaces; the default is Claude's",
    ),
  FJMCP_TRUSTED_PROXIES: addressRanges()
    .prefault("")
    .describe(
      "addresses and ranges (CIDR) of proxies in front of the one on this machine, separated by spaces: whose X-Forwarded-For counts",
    ),
  FJMCP_FORGEJO_PREVIOUS_URL: forgejoUrl()
    .optional()
    .describe("the old URL, when `FJMCP_FORGEJO_URL` changed but the instance is the same"),
  FJMCP_VAULT_KEY_FILE: keyRingFile().describe(
    "key ring, one key a line, the current one first: encrypts the Forgejo tokens in Redis",
  ),
  FJMCP_VAULT_DISCARD: z
    .string()
    .optional()
    .describe(
      "the previous application and vault key, as the start-up error names them, when they are lost permanently: all users sign in again",
    ),
  FJMCP_COOKIE_KEY_FILE: keyRingFile().describe(
    "key ring, one key a line, the current one first: signs cookies",
  ),
  FJMCP_DERIVATION_KEY_FILE: keyRingFile().describe(
    "key ring, one key a line, the current one first: derives client ids and secrets, refresh successors, upstream PKCE verifiers and the signing keys",
  ),
  FJMCP_DERIVATION_DISCARD: z
    .string()
    .optional()
    .describe(
      "the previous derivation keys, as the start-up error names them, when they are lost permanently: every client must be connected again",
    ),
  FJMCP_ACCESS_TOKEN_SECONDS: wholeNumber({ min: 1, max: 30 * daySec, default: daySec }).describe(
    "life of an access token, at most 30 days; less than that of a refresh token",
  ),
  FJMCP_REFRESH_TOKEN_SECONDS: wholeNumber({ min: 1, max: 365 * daySec, default: 30 * daySec }).describe(
    "life of a refresh token, sliding",
  ),
  FJMCP_REFRESH_GRACE_SECONDS: wholeNumber({ min: 0, max: 3600, default: 60 }).describe(
    "how long a rotated refresh token returns the same successor again; 0 = strict",
  ),
};

const lifetimes = z.object({
  FJMCP_ACCESS_TOKEN_SECONDS: z.number(),
  FJMCP_REFRESH_TOKEN_SECONDS: z.number(),
});
const environment = z
  .object(authServerSettings)
  .refine((set) => set.FJMCP_REFRESH_TOKEN_SECONDS > set.FJMCP_ACCESS_TOKEN_SECONDS, {
    path: ["FJMCP_REFRESH_TOKEN_SECONDS"],
    message: "must be more than FJMCP_ACCESS_TOKEN_SECONDS",
    // Checked even if another setting has a fault: all faults are reported together.
    when: ({ value }) => lifetimes.safeParse(value).success,
  })
  .refine((set) => set.FJMCP_REGISTRATION !== "token" || set.FJMCP_REGISTRATION_TOKENS_SHA256.length > 0, {
    path: ["FJMCP_REGISTRATION_TOKENS_SHA256"],
    message: "is required for FJMCP_REGISTRATION=token",
  })
  .check(secondApplicationCheck, distinctSocketsCheck);

/** A limit of redirects would not hold beside a flow that has none. */
function offersDeviceFlow(set: {
  FJMCP_DEVICE_FLOW?: "on" | "off" | undefined;
  FJMCP_REDIRECT_HOSTS: readonly string[];
  FJMCP_REDIRECT_SCHEMES: readonly string[];
}): boolean {
  const lists = [set.FJMCP_REDIRECT_HOSTS, set.FJMCP_REDIRECT_SCHEMES];
  return (set.FJMCP_DEVICE_FLOW ?? (lists.every((list) => list.includes("*")) ? "on" : "off")) === "on";
}

/** Validates the environment. Throws ConfigurationError with all faults. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  inherited: InheritedSockets = {},
): AuthServerConfig {
  const set = readEnvironment(environment, env);
  return {
    issuer: set.FJMCP_ISSUER,
    previousIssuer: set.FJMCP_PREVIOUS_ISSUER,
    secureCookies: set.FJMCP_ISSUER.startsWith("https:"),
    inherited,
    listen: set.FJMCP_LISTEN,
    ipcSocket: set.FJMCP_IPC_SOCKET,
    controlSocket: set.FJMCP_CONTROL_SOCKET,
    mcpSocket: set.FJMCP_MCP_SOCKET,
    adminSocket: set.FJMCP_ADMIN_SOCKET,
    metricsListen: set.FJMCP_METRICS_LISTEN,
    redis: redisEndpoint(set.FJMCP_REDIS, {
      username: set.FJMCP_REDIS_AUTH_USERNAME,
      password: set.FJMCP_REDIS_AUTH_PASSWORD_FILE,
    }),
    forgejo: {
      url: set.FJMCP_FORGEJO_URL,
      ...forgejoApplications(set),
      previousUrl: set.FJMCP_FORGEJO_PREVIOUS_URL,
      timeoutMs: set.FJMCP_FORGEJO_TIMEOUT_SECONDS * 1000,
    },
    signIn: { users: set.FJMCP_SIGN_IN_USERS, organizations: set.FJMCP_SIGN_IN_ORGANIZATIONS },
    clientPolicy: {
      registration: set.FJMCP_REGISTRATION,
      tokenDigests: set.FJMCP_REGISTRATION_TOKENS_SHA256,
      redirectHosts: set.FJMCP_REDIRECT_HOSTS.map((pattern) => pattern.toLowerCase()),
      redirectSchemes: set.FJMCP_REDIRECT_SCHEMES,
      deviceFlow: offersDeviceFlow(set),
    },
    clientDocuments: {
      hosts: { allowed: set.FJMCP_CLIENT_HOSTS, denied: set.FJMCP_CLIENT_HOSTS_DENIED },
      own: set.FJMCP_CLIENT_DOCUMENTS_FILE,
    },
    rateLimits:
      set.FJMCP_RATE_LIMITS === "off"
        ? undefined
        : { trustedProxies: set.FJMCP_TRUSTED_PROXIES, sharedEgress: set.FJMCP_SHARED_EGRESS },
    instance: {
      name: set.FJMCP_INSTANCE_NAME,
      logo: set.FJMCP_LOGO_FILE,
      darkLogo: set.FJMCP_LOGO_DARK_FILE,
    },
    vaultKey: set.FJMCP_VAULT_KEY_FILE,
    vaultDiscard: set.FJMCP_VAULT_DISCARD,
    cookieKey: set.FJMCP_COOKIE_KEY_FILE,
    derivationKey: set.FJMCP_DERIVATION_KEY_FILE,
    derivationDiscard: set.FJMCP_DERIVATION_DISCARD,
    accessTokenSec: Math.ceil(set.FJMCP_ACCESS_TOKEN_SECONDS),
    refreshTokenSec: Math.ceil(set.FJMCP_REFRESH_TOKEN_SECONDS),
    refreshGraceSec: set.FJMCP_REFRESH_GRACE_SECONDS,
    logLevel: set.FJMCP_LOG_LEVEL,
  };
}

function instanceName() {
  const maxLength = 60;
  return z.string().refine((name) => displayText(name, maxLength) === name, {
    message: `must be at most ${maxLength} visible characters`,
  });
}

function keyRingFile() {
  return secretFile()
    .refine((ring) => keyTexts(ring).every((key) => key.length >= minimumKeyLength), {
      message: `must hold keys of at least ${minimumKeyLength} characters, one a line, the current one first`,
    })
    .refine(hasDistinctIds, { message: "must not hold two keys of one id, or one key twice; remove one" });
}

/** Records name a key by its id. */
function hasDistinctIds(ring: Secret): boolean {
  const ids = keyTexts(ring).map((key) => rootKey(key).id);
  return new Set(ids).size === ids.length;
}
