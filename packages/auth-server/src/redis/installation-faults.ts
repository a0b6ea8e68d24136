/** What all auth-servers of a Redis have in common, and the records in it depend on. Keys are known by their ids. */
export interface StoredInstallation {
  readonly issuer: string;
  readonly forgejoUrl: string;
  readonly forgejoClientId: string;
  /** Of the second application. */
  readonly readOnlyForgejoClientId?: string | undefined;
  /** The ids of the ring, the current one first, separated by commas; as the cookie key's. */
  readonly vaultKeyId: string;
  /** The current one first. */
  readonly derivationKeyIds: readonly string[];
  readonly cookieKeyId: string;
}

/** An installation as it is configured, with what the administrator confirms to be changed. */
export interface Installation extends StoredInstallation {
  /** FJMCP_PREVIOUS_ISSUER: an earlier issuer, given up with every connected client. */
  readonly previousIssuer?: string | undefined;
  /** FJMCP_FORGEJO_PREVIOUS_URL: an earlier URL of the same instance. */
  readonly previousForgejoUrl?: string | undefined;
  /** FJMCP_VAULT_DISCARD: the application and key to give up, as the error at the start names them. */
  readonly vaultDiscard?: string | undefined;
  /** FJMCP_DERIVATION_DISCARD: the key ids to give up, likewise. */
  readonly derivationDiscard?: string | undefined;
}

interface State {
  /** Whether another auth-server runs on this Redis. */
  readonly othersRun: boolean;
  readonly hasAccounts: boolean;
}

/** A difference between the configuration and what Redis holds. */
interface Difference {
  readonly setting: string;
  /** What is wrong beside a running auth-server. */
  readonly beside: string;
  /** What is lost with the accounts in Redis, and how to confirm it; undefined when nothing is. */
  readonly loss?: string;
}

/**
 * The faults of a configuration that differs from the stored installation. Beside another running auth-server every
 * difference is one. Otherwise only what the accounts in Redis depend on is: without accounts, a mistake at the first
 * start can be corrected.
 */
export function installationFaults(own: Installation, stored: StoredInstallation, state: State): string[] {
  return differences(own, stored, state.othersRun).flatMap(({ setting, beside, loss }) => {
    if (state.othersRun)
      return [
        `${setting}: ${beside} of another auth-server on this Redis, seen in the last 15 s; all must have the same`,
      ];
    return state.hasAccounts && loss !== undefined ? [`${setting}: ${loss}`] : [];
  });
}

function differences(own: Installation, stored: StoredInstallation, othersRun: boolean): Difference[] {
  const cookies = [own, stored].map(({ cookieKeyId }) => cookieKeyId.split(","));
  return [
    ...issuerDifference(own, stored),
    ...urlDifference(own, stored),
    ...vaultDifferences(own, stored, othersRun),
    ...readOnlyApplicationDifference(own, stored),
    ...derivationDifference(own, stored, othersRun),
    ...(areCompatible(cookies[0]!, cookies[1]!, othersRun)
      ? []
      : [{ setting: "FJMCP_COOKIE_KEY_FILE", beside: besideRing }]),
  ];
}

const besideRing = "its first key is not one";

/**
 * Whether the rings, the current key of each first, can share a Redis. Each auth-server that runs must know the key with
 * which the others make new values: a new key comes last everywhere before it is the first anywhere.
 */
function areCompatible(own: readonly string[], stored: readonly string[], othersRun: boolean): boolean {
  return othersRun
    ? stored.includes(own[0]!) && own.includes(stored[0]!)
    : own.some((id) => stored.includes(id));
}

function issuerDifference(
  { issuer, previousIssuer }: Installation,
  stored: StoredInstallation,
): Difference[] {
  if (issuer === stored.issuer || previousIssuer === stored.issuer) return [];
  return [
    {
      setting: "FJMCP_ISSUER",
      beside: `is ${issuer}, not ${stored.issuer}, that`,
      loss:
        `is ${issuer}, but the connected clients are those of ${stored.issuer}. ` +
        `Put that back; if it has moved, set FJMCP_PREVIOUS_ISSUER=${stored.issuer}: every client must be connected again`,
    },
  ];
}

function urlDifference(
  { forgejoUrl: url, previousForgejoUrl }: Installation,
  { forgejoUrl: stored }: StoredInstallation,
): Difference[] {
  if (url === stored || previousForgejoUrl === stored) return [];
  return [
    {
      setting: "FJMCP_FORGEJO_URL",
      beside: `is ${url}, not ${stored}, that`,
      loss:
        `is ${url}, but the accounts in Redis are those of ${stored}. ` +
        `If both are the same instance, set FJMCP_FORGEJO_PREVIOUS_URL=${stored}; if not, use an empty Redis`,
    },
  ];
}

function vaultDifferences(own: Installation, stored: StoredInstallation, othersRun: boolean): Difference[] {
  const name = `${stored.forgejoClientId}/${stored.vaultKeyId}`;
  if (own.vaultDiscard === name) return [];
  const [ownKeys, storedKeys] = [own.vaultKeyId.split(","), stored.vaultKeyId.split(",")];
  const remedy = `Put that back; if it is permanently lost, set FJMCP_VAULT_DISCARD=${name}`;
  const second = stored.readOnlyForgejoClientId;
  const keepsSecond = second !== undefined && second === own.readOnlyForgejoClientId;
  return [
    ...(areCompatible(ownKeys, othersRun ? storedKeys : storedKeys.slice(0, 1), othersRun)
      ? []
      : [
          {
            setting: "FJMCP_VAULT_KEY_FILE",
            beside: besideRing,
            loss: `the Forgejo tokens in Redis are encrypted with another key. ${remedy}: every user must sign in again`,
          },
        ]),
    ...(own.forgejoClientId === stored.forgejoClientId
      ? []
      : [
          {
            setting: "FJMCP_FORGEJO_CLIENT_ID",
            beside: `is ${own.forgejoClientId}, not ${stored.forgejoClientId}, that`,
            loss:
              `the Forgejo tokens in Redis are those of the application ${stored.forgejoClientId}. ${remedy}: ` +
              `every user must sign in again${keepsSecond ? ", except on connections of the second application" : ""}`,
          },
        ]),
  ];
}

/**
 * It may be added, replaced and removed: only those whose connections rest on it must sign in again. But it must not be the
 * first one of before, which users have let write: Forgejo keeps that as one grant for each user and application.
 */
function readOnlyApplicationDifference(
  { readOnlyForgejoClientId: own }: Installation,
  { readOnlyForgejoClientId: stored, forgejoClientId: first }: StoredInstallation,
): Difference[] {
  if (own === stored) return [];
  return [
    {
      setting: "FJMCP_FORGEJO_READ_ONLY_CLIENT_ID",
      beside: `is ${own ?? "not set"}, not ${stored ?? "left out"}, that`,
      ...(own === first && {
        loss:
          `is ${own}, until now the first application, whose Forgejo tokens may write. ` +
          "Create another application for connections that only read",
      }),
    },
  ];
}

function derivationDifference(
  own: Installation,
  stored: StoredInstallation,
  othersRun: boolean,
): Difference[] {
  const name = stored.derivationKeyIds.join(",");
  if (own.derivationDiscard === name) return [];
  if (areCompatible(own.derivationKeyIds, stored.derivationKeyIds, othersRun)) return [];
  return [
    {
      setting: "FJMCP_DERIVATION_KEY_FILE",
      beside: besideRing,
      loss:
        "has none of the keys with which the connected clients were registered. Put one of them back, on a line after " +
        `the new one; if they are permanently lost, set FJMCP_DERIVATION_DISCARD=${name}: every client must be connected again`,
    },
  ];
}
