import { z } from "zod";
import { absolutePath, number, readEnvironment, secretFile } from "@fjmcp/shared/config/environment";
import { forgejoUrl } from "@fjmcp/shared/config/forgejo-url";
import { issuerUrl } from "@fjmcp/shared/config/issuer";
import { listenAddress, type ListenAddress } from "@fjmcp/shared/config/listen-address";
import { redisEndpoint, redisEnvironment, type RedisEndpoint } from "@fjmcp/shared/config/redis-endpoint";
import type { Secret } from "@fjmcp/shared/config/secret";
import { logLevels, type LogLevel } from "@fjmcp/shared/log";
import { signingKeys, type SigningKeys } from "./provider/signing-keys.ts";
import { forgejoScope, suggestedForgejoScope } from "./upstream/forgejo/forgejo-scope.ts";

/** The validated configuration of the auth-server. */
export interface AuthServerConfig {
  /** The public origin of this server; every URL is built from it. */
  readonly issuer: string;
  /** The issuer before a move: confirms that every client is to be connected again. */
  readonly previousIssuer: string | undefined;
  /** Whether cookies are Secure: false for an http issuer, which is on loopback. */
  readonly secureCookies: boolean;
  readonly listen: ListenAddress;
  readonly ipcSocket: string;
  readonly controlSocket: string;
  readonly mcpSocket: string;
  /** Where the administrator's command line is served; undefined: nowhere. */
  readonly adminSocket: string | undefined;
  readonly redis: RedisEndpoint;
  readonly forgejo: {
    /** Without a trailing slash; may have a path. */
    readonly url: string;
    readonly clientId: string;
    readonly clientSecret: Secret;
    /** Space-separated. */
    readonly scope: string;
    /** The URL before a move: confirms that `url` is the same Forgejo instance. */
    readonly previousUrl: string | undefined;
    readonly timeoutMs: number;
  };
  readonly vaultKey: Secret;
  /**
   * The previous application and vault key id, as the error at start names them: confirms that they are permanently
   * lost, and with them the stored Forgejo tokens.
   */
  readonly vaultDiscard: string | undefined;
  readonly cookieKey: Secret;
  /** One root key a line, the current one first. */
  readonly derivationKey: Secret;
  /** The previous derivation key ids, as the error at start names them: confirms that they are permanently lost. */
  readonly derivationDiscard: string | undefined;
  readonly signingKeys: SigningKeys;
  /** Whole seconds, as `expires_in` requires (RFC 6749 §5.1); a fraction is rounded up. */
  readonly accessTokenSec: number;
  readonly refreshTokenSec: number;
  /** How long a rotated refresh token may be used again and returns the same successor; 0 = never. */
  readonly refreshGraceSec: number;
  readonly logLevel: LogLevel;
}

const minimumKeyLength = 32;
const daySec = 24 * 3600;

const settings = z.object({
  FJMCP_ISSUER: issuerUrl(),
  FJMCP_PREVIOUS_ISSUER: issuerUrl().optional(),
  FJMCP_LISTEN: listenAddress(),
  FJMCP_IPC_SOCKET: absolutePath(),
  FJMCP_CONTROL_SOCKET: absolutePath(),
  FJMCP_MCP_SOCKET: absolutePath(),
  FJMCP_ADMIN_SOCKET: absolutePath().optional(),
  ...redisEnvironment,
  FJMCP_FORGEJO_URL: forgejoUrl(),
  FJMCP_FORGEJO_CLIENT_ID: z.string(),
  FJMCP_FORGEJO_CLIENT_SECRET_FILE: secretFile(),
  FJMCP_FORGEJO_SCOPE: forgejoScope().default(suggestedForgejoScope),
  FJMCP_FORGEJO_PREVIOUS_URL: forgejoUrl().optional(),
  FJMCP_FORGEJO_TIMEOUT_SECONDS: number({ min: 0.1, max: 60, default: 10 }),
  FJMCP_VAULT_KEY_FILE: keyFile(),
  FJMCP_VAULT_DISCARD: z.string().optional(),
  FJMCP_COOKIE_KEY_FILE: keyFile(),
  FJMCP_DERIVATION_KEY_FILE: keyRingFile(),
  FJMCP_DERIVATION_DISCARD: z.string().optional(),
  FJMCP_JWKS_FILE: secretFile().transform((file, context) => {
    const keys = signingKeys(file.reveal());
    if (keys !== undefined) return keys;
    context.addIssue({
      code: "custom",
      message: "must hold a private JWK set of ES256 keys (EC, P-256, each with a kid)",
    });
    return z.NEVER;
  }),
  FJMCP_ACCESS_TOKEN_SECONDS: number({ min: 1, max: 30 * daySec, default: daySec }),
  FJMCP_REFRESH_TOKEN_SECONDS: number({ min: 1, max: 365 * daySec, default: 30 * daySec }),
  FJMCP_REFRESH_GRACE_SECONDS: number({ min: 0, max: 3600, default: 60 }),
  FJMCP_LOG_LEVEL: z.enum(logLevels).default("info"),
});

const lifetimes = z.object({
  FJMCP_ACCESS_TOKEN_SECONDS: z.number(),
  FJMCP_REFRESH_TOKEN_SECONDS: z.number(),
});
const environment = settings.refine(
  (set) => set.FJMCP_REFRESH_TOKEN_SECONDS > set.FJMCP_ACCESS_TOKEN_SECONDS,
  {
    path: ["FJMCP_REFRESH_TOKEN_SECONDS"],
    message: "must be more than FJMCP_ACCESS_TOKEN_SECONDS",
    // Checked even if another setting has a fault: all faults are reported together.
    when: ({ value }) => lifetimes.safeParse(value).success,
  },
);

/** Validates the environment. Throws ConfigurationError with all faults. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): AuthServerConfig {
  const set = readEnvironment(environment, env);
  return {
    issuer: set.FJMCP_ISSUER,
    previousIssuer: set.FJMCP_PREVIOUS_ISSUER,
    secureCookies: set.FJMCP_ISSUER.startsWith("https:"),
    listen: set.FJMCP_LISTEN,
    ipcSocket: set.FJMCP_IPC_SOCKET,
    controlSocket: set.FJMCP_CONTROL_SOCKET,
    mcpSocket: set.FJMCP_MCP_SOCKET,
    adminSocket: set.FJMCP_ADMIN_SOCKET,
    redis: redisEndpoint(set),
    forgejo: {
      url: set.FJMCP_FORGEJO_URL,
      clientId: set.FJMCP_FORGEJO_CLIENT_ID,
      clientSecret: set.FJMCP_FORGEJO_CLIENT_SECRET_FILE,
      scope: set.FJMCP_FORGEJO_SCOPE,
      previousUrl: set.FJMCP_FORGEJO_PREVIOUS_URL,
      timeoutMs: set.FJMCP_FORGEJO_TIMEOUT_SECONDS * 1000,
    },
    vaultKey: set.FJMCP_VAULT_KEY_FILE,
    vaultDiscard: set.FJMCP_VAULT_DISCARD,
    cookieKey: set.FJMCP_COOKIE_KEY_FILE,
    derivationKey: set.FJMCP_DERIVATION_KEY_FILE,
    derivationDiscard: set.FJMCP_DERIVATION_DISCARD,
    signingKeys: set.FJMCP_JWKS_FILE,
    accessTokenSec: Math.ceil(set.FJMCP_ACCESS_TOKEN_SECONDS),
    refreshTokenSec: Math.ceil(set.FJMCP_REFRESH_TOKEN_SECONDS),
    refreshGraceSec: set.FJMCP_REFRESH_GRACE_SECONDS,
    logLevel: set.FJMCP_LOG_LEVEL,
  };
}

function keyRingFile() {
  return secretFile().refine(
    (ring) =>
      ring
        .reveal()
        .split(/\r?\n/)
        .every((key) => key.length >= minimumKeyLength),
    {
      message: `must hold keys of at least ${minimumKeyLength} characters, one a line, the current one first`,
    },
  );
}

function keyFile() {
  return secretFile().refine((key) => key.reveal().length >= minimumKeyLength, {
    message: `must hold at least ${minimumKeyLength} characters`,
  });
}
