import { z } from "zod";
import type { ClientRef } from "../client-ref.ts";
import { branded } from "../ids.ts";
import { scopes } from "../oauth/mcp-resource.ts";

/**
 * Why a grant was revoked, for the audit log, the metrics, the user and the administrator. `disconnected`: by its user;
 * `not_allowed`: the user is no longer among those that may sign in; `administrator`: one of this server or of Forgejo ended
 * it; `application_removed`: the application in Forgejo that it rests on is configured no more; `evicted`: the account had as many grants as it may have, and this one was used least recently.
 */
export const revocationReasons = [
  "client_request",
  "code_replay",
  "refresh_replay",
  "disconnected",
  "upstream_invalid",
  "not_allowed",
  "administrator",
  "application_removed",
  "evicted",
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

/** `GET /users/explain`: `user` is the id of an account, or the login name of those that have or had connections. */
export const explainUsersPath = "/users/explain";
export const explainUsersQuery = z.object({ user: z.string().min(1).max(100) });

const ofConnection = {
  /** Milliseconds since the epoch. */
  atMs: z.number(),
  clientRef: branded<ClientRef>(),
  /** What the client called itself; absent when it gave no name, and for a personal token. */
  clientName: z.string().optional(),
  isPersonalToken: z.boolean(),
};

/** What happened to the connections of an account. The user's own names for them are the user's alone. */
const explainedEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["connected", "token_created"]), ...ofConnection }),
  z.object({ kind: z.literal("narrowed"), ...ofConnection, by: z.enum(["user", "administrator"]) }),
  z.object({ kind: z.literal("ended"), ...ofConnection, reason: z.enum(revocationReasons) }),
  z.object({ kind: z.literal("viewed"), atMs: z.number(), administrator: z.string() }),
]);
export type ExplainedEvent = z.infer<typeof explainedEvent>;

/**
 * What Forgejo and the configuration say of the user now. `no_tokens`: nothing is stored, as after the end of the last
 * connection. `not_asked`: the stored token has expired, and the next call of a client refreshes it. `rejected`: Forgejo does
 * not accept the token; the next call finds out whether the access has ended. `unavailable`: Forgejo does not respond as it
 * should. `key_missing`: the vault key of the tokens is not in its key ring.
 */
const accountState = z.discriminatedUnion("status", [
  z.object({
    status: z.enum(["ok", "not_allowed", "no_tokens", "not_asked", "rejected", "unavailable", "key_missing"]),
  }),
  /** `message`: Forgejo's own sentence. */
  z.object({ status: z.literal("suspended"), message: z.string() }),
]);
export type AccountState = z.infer<typeof accountState>;

const livingGrant = z.object({
  grantId: z.string(),
  clientRef: branded<ClientRef>(),
  clientName: z.string().optional(),
  isPersonalToken: z.boolean(),
  scopes: z.array(z.enum(scopes)),
  /** Seconds since the epoch, as all times of a grant. */
  createdAtSec: z.number(),
  expiresAtSec: z.number().optional(),
  lastUsedAtSec: z.number().optional(),
});

const explainedUser = z.object({
  accountId: z.string(),
  /** As Forgejo last gave it; absent when it is not known. */
  login: z.string().optional(),
  state: accountState,
  grants: z.array(livingGrant),
  /** Of the last 90 days, the newest first. */
  events: z.array(explainedEvent),
});
export type ExplainedUser = z.infer<typeof explainedUser>;

/** Empty when no account has this id or name; several when one's id is the login of another. */
export const explainUsersResponse = z.object({ users: z.array(explainedUser) });
export type ExplainUsersResponse = z.infer<typeof explainUsersResponse>;
