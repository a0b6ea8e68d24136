import { z } from "zod";
import { displayText } from "../display-text.ts";
import type { ClientRef } from "../client-ref.ts";
import { findingSchema } from "../finding.ts";
import { accountIdSchema, branded, grantIdSchema, hashSchema } from "../ids.ts";
import { scopes } from "../oauth/mcp-resource.ts";
import { toolsetSchema } from "../oauth/toolsets.ts";
import type { SessionRef } from "../session-ref.ts";
import {
  checkChildResponse,
  healthResponse,
  listSessionsResponse,
  listWorkersResponse,
  streamProbeResponse,
  streamProbeStateResponse,
} from "./control.ts";
import { authServerHealth } from "./health.ts";
import { pageMembers, pageQuery } from "./page.ts";

/**
 * The command line → auth-server, HTTP over `admin.sock`. What is the session-daemon's is passed on to its control socket.
 * No response holds a token, a secret or a session id, but the one that gives a new personal token to its creator. The HTTP status is 200 for every value of `status`.
 */
export const adminPaths = {
  status: "/status",
  inspection: "/inspection",
  /** In the Prometheus text format; of both daemons. */
  metrics: "/metrics",
  keys: "/keys",
  users: "/users",
  endUser: "/users/end",
  clients: "/clients",
  endClient: "/clients/end",
  narrowGrant: "/grants/narrow",
  tokens: "/tokens",
  requestToken: "/tokens/request",
  claimToken: "/tokens/claim",
  endToken: "/tokens/end",
  sessions: "/sessions",
  endSession: "/sessions/end",
  workers: "/workers",
  endWorker: "/workers/end",
  checkChild: "/child/check",
  streamProbes: "/stream-probes",
  streamProbeState: "/stream-probes/state",
} as const;

/** A response of the session-daemon, or `away` while there is none. */
function passedOn<Schema extends z.ZodType>(schema: Schema) {
  return z.discriminatedUnion("status", [
    z.object({ status: z.literal("ok"), response: schema }),
    z.object({ status: z.literal("away"), reason: z.string() }),
  ]);
}

/** `GET /status`: the health of both daemons, each as it reports it. */
export const adminStatusResponse = z.object({
  authServer: authServerHealth,
  sessionDaemon: passedOn(healthResponse),
  /** The Forgejo that people sign in at. */
  forgejoUrl: z.string(),
});
export type AdminStatusResponse = z.infer<typeof adminStatusResponse>;

/** `GET /keys`: the keys of the auth-server by their ids, of each kind the current one first. */
export const listKeysResponse = z.object({
  keys: z.array(
    z.object({
      kind: z.enum(["cookie", "vault", "derivation"]),
      id: z.string(),
      isCurrent: z.boolean(),
      /** How many records in Redis need it; absent for cookies, which live an hour at most. */
      uses: z.number().optional(),
    }),
  ),
});
export type ListKeysResponse = z.infer<typeof listKeysResponse>;

const findings = z.object({ findings: z.array(findingSchema) });

/** `GET /inspection`: what `--check` of both daemons would find now. */
export const adminInspectionResponse = z.object({
  authServer: findings,
  sessionDaemon: passedOn(findings),
});
export type AdminInspectionResponse = z.infer<typeof adminInspectionResponse>;

/** `GET /users`. `find` selects the account with this id or login name. */
export const listUsersQuery = pageQuery.extend({ find: z.string().min(1).optional() });

/** `total` counts accounts whose grants have all expired, too, until the next login. */
export const listUsersResponse = z.object({
  users: z.array(
    z.object({
      accountId: z.string(),
      /** As Forgejo last gave it; absent when it is not known. */
      login: z.string().optional(),
      grants: z.number(),
      clients: z.number(),
      /** Seconds since the epoch; absent when no client has claimed tokens. */
      lastUsedAtSec: z.number().optional(),
    }),
  ),
  ...pageMembers,
});
export type ListUsersResponse = z.infer<typeof listUsersResponse>;

/**
 * `POST /users/end`: disconnects the account. All its grants and tokens are revoked, its Forgejo tokens deleted, its
 * workers and streams ended.
 */
export const endUserRequest = z.object({ accountId: accountIdSchema });
export type EndUserRequest = z.infer<typeof endUserRequest>;

/** `unknown`: there was no grant to revoke. */
export const endAccessResponse = z.object({ status: z.enum(["ok", "unknown"]), grants: z.number() });
export type EndAccessResponse = z.infer<typeof endAccessResponse>;

/** How many accounts of a client are listed. */
export const maxListedAccounts = 20;

/** `GET /clients`, with an `accountPageQuery`. */
export const listClientsResponse = z.object({
  clients: z.array(
    z.object({
      clientRef: branded<ClientRef>(),
      /** As the client gave it, cleaned; empty when it gave none. */
      name: z.string(),
      /** Of its redirect URIs; a custom scheme ends in a colon. */
      hosts: z.array(z.string()),
      grants: z.number(),
      /** What at least one of its grants allows. */
      scopes: z.array(z.enum(scopes)),
      toolsets: z.array(toolsetSchema),
      /** At most 20 of `accountCount`. */
      accountIds: z.array(z.string()),
      accountCount: z.number(),
    }),
  ),
  ...pageMembers,
});
export type ListClientsResponse = z.infer<typeof listClientsResponse>;

/** `POST /clients/end`: a client id may be shared by many installations, so either one account is named or all are meant. */
export const endClientRequest = z.union([
  z.strictObject({ clientRef: branded<ClientRef>(), accountId: accountIdSchema }),
  z.strictObject({ clientRef: branded<ClientRef>(), allUsers: z.literal(true) }),
]);
export type EndClientRequest = z.infer<typeof endClientRequest>;

/** `POST /grants/narrow`: removes all access from a grant that is not named; it is never widened. */
export const narrowGrantRequest = z.strictObject({
  grantId: grantIdSchema,
  scopes: z.array(z.enum(scopes)).min(1),
  toolsets: z.array(toolsetSchema).min(1),
});

/** `empty`: nothing would have been left, so nothing was changed. `unknown`: there is no such grant. */
export const narrowGrantResponse = z.object({ status: z.enum(["narrowed", "empty", "unknown"]) });
export type NarrowGrantResponse = z.infer<typeof narrowGrantResponse>;

/** The names of the owner of a session or worker; the session-daemon knows ids alone. */
const ownerNames = {
  /** As Forgejo last gave it; absent when it is not known. */
  login: z.string().optional(),
  /** What the client registered with, cleaned; absent when it gave none. */
  registeredName: z.string().optional(),
};

/** `GET /sessions` and `GET /workers`, with an `accountPageQuery`. */
const adminSession = listSessionsResponse.shape.sessions.element.extend(ownerNames);
export type AdminSession = z.infer<typeof adminSession>;
export const adminSessionsResponse = passedOn(
  listSessionsResponse.extend({ sessions: z.array(adminSession) }),
);
export type AdminSessionsResponse = z.infer<typeof adminSessionsResponse>;

const adminWorker = listWorkersResponse.shape.workers.element.extend(ownerNames);
export type AdminWorker = z.infer<typeof adminWorker>;
export const adminWorkersResponse = passedOn(listWorkersResponse.extend({ workers: z.array(adminWorker) }));
export type AdminWorkersResponse = z.infer<typeof adminWorkersResponse>;

/** `POST /sessions/end`: its streams end, its client has to initialise a new one; the grant stays. */
export const endSessionRequest = z.object({ sessionRef: branded<SessionRef>() });

/**
 * `POST /sessions/end`, and `POST /workers/end` with an `endWorkerRequest`. `ended` is 0 when there was no such session or
 * worker.
 */
export const endOneResponse = passedOn(z.object({ ended: z.number() }));
export type EndOneResponse = z.infer<typeof endOneResponse>;

/** As the session-daemon's, see ipc/control.ts. */
export const adminCheckChildResponse = passedOn(checkChildResponse);
export const adminStreamProbeResponse = passedOn(streamProbeResponse);
export const adminStreamProbeStateResponse = passedOn(streamProbeStateResponse);

/** A year: a personal token expires then at the latest. */
export const maxPersonalTokenSec = 365 * 86_400;

/** Longest name of a connection or a personal token, in graphemes. */
export const maxLabelLength = 80;

/** `POST /tokens/request`: asks for a personal token, which a user confirms in a browser (RFC 8628). */
export const requestTokenRequest = z.strictObject({
  name: z
    .string()
    .max(maxLabelLength)
    .transform((name) => displayText(name, maxLabelLength))
    .pipe(z.string().min(1)),
  expiresInSec: z.number().int().min(60).max(maxPersonalTokenSec),
  readOnly: z.boolean(),
  /** Ticked beforehand on the consent page; the suggested ones by default. */
  toolsets: z.array(toolsetSchema).min(1).optional(),
});
export const requestTokenResponse = z.object({
  /** Secret: claims the token. */
  deviceCode: z.string(),
  userCode: z.string(),
  /** Where the user confirms the code; it is filled in there. */
  verificationUri: z.string(),
  expiresInSec: z.number(),
});
export type RequestTokenResponse = z.infer<typeof requestTokenResponse>;

/**
 * `POST /tokens/claim`: the token, once. `pending` also while another claim may be in flight; `denied` with a sentence, also
 * when it was claimed before, which ends it.
 */
export const claimTokenRequest = z.strictObject({ deviceCode: z.string().min(1).max(100) });
export const claimTokenResponse = z.discriminatedUnion("status", [
  z.object({ status: z.enum(["pending", "expired"]) }),
  z.object({ status: z.literal("denied"), reason: z.string() }),
  z.object({
    status: z.literal("created"),
    /** Secret: its only copy. */
    token: z.string(),
    name: z.string(),
    /** Seconds since the epoch. */
    expiresAtSec: z.number(),
  }),
]);
export type ClaimTokenResponse = z.infer<typeof claimTokenResponse>;

/** `GET /tokens`, with an `accountPageQuery`: living personal tokens. */
export const listTokensResponse = z.object({
  tokens: z.array(
    z.object({
      /** Names the token; it is that of its grant. */
      grantId: z.string(),
      accountId: z.string(),
      name: z.string(),
      scopes: z.array(z.enum(scopes)),
      toolsets: z.array(toolsetSchema),
      /** Seconds since the epoch, as all times. */
      createdAtSec: z.number(),
      expiresAtSec: z.number(),
      lastUsedAtSec: z.number().optional(),
    }),
  ),
  ...pageMembers,
});
export type ListTokensResponse = z.infer<typeof listTokensResponse>;

/**
 * `POST /tokens/end`: revokes one, by its id or, when it has leaked, by the hash of its value; the response is that of
 * `POST /users/end`.
 */
export const endTokenRequest = z.union([
  z.strictObject({ grantId: grantIdSchema }),
  z.strictObject({ tokenHash: hashSchema }),
]);
