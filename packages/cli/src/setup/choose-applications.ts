import { oneWord } from "@fjmcp/shared/config/words";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { askSecret, secretFromStdin } from "../terminal/ask-secret.ts";
import { confirmed, isInteractive } from "../terminal/confirm.ts";
import { print } from "../terminal/output.ts";
import {
  applicationInstructions,
  listOwnApplications,
  type ApplicationKind,
  type ForgejoApplication,
} from "./forgejo-application.ts";
import type { StoredApplications } from "./setup.ts";

/** The options of `fjmcp setup` about the applications in Forgejo. */
export interface ApplicationOptions {
  readonly tokenStdin: boolean;
  readonly clientId?: string;
  readonly clientSecretStdin: boolean;
  readonly readOnly: boolean;
  readonly readOnlyClientId?: string;
  readonly yes: boolean;
}

/** What the applications are for. */
interface Target {
  readonly forgejo: string;
  /** Whether Forgejo had another URL before: it may be another instance, without the stored applications. */
  readonly isForgejoMoved: boolean;
  readonly redirectUri: string;
  /** Whether it has just become this one. */
  readonly isMoved: boolean;
}

/** Called with each application at once: its earlier secret may be invalid from then on. */
type Store = (kind: ApplicationKind, application: ForgejoApplication) => Promise<void>;

/** Throws CommandError for options that exclude each other; nothing may be changed before. */
export function requireCompatible(options: ApplicationOptions): void {
  const { tokenStdin, clientId, readOnlyClientId } = options;
  if (tokenStdin && options.clientSecretStdin)
    throw usageError(
      "Only one secret can come from standard input.",
      "Leave --token-stdin or --client-secret-stdin out.",
    );
  if (tokenStdin && (clientId !== undefined || readOnlyClientId !== undefined))
    throw usageError(
      "A token creates an application, and a client id names one that was created by hand.",
      "Give --token-stdin and the client id in two runs.",
    );
  if (clientId !== undefined && readOnlyClientId !== undefined)
    throw usageError(
      "Only one application that was created by hand can be given at a time.",
      "Give --client-id and --read-only-client-id in two runs.",
    );
  if (options.readOnly && !tokenStdin)
    throw usageError(
      "There is no token that could create the second application.",
      "Give --token-stdin with a token that may create it; or create it by hand, and give --read-only-client-id.",
    );
}

/** Finds or makes the applications to use from now on. Those that are not given to `store` stay as they are stored. */
export async function chooseApplications(
  stored: StoredApplications,
  target: Target,
  options: ApplicationOptions,
  store: Store,
): Promise<void> {
  if (options.tokenStdin) {
    const kinds = kindsForToken(stored, target, options);
    await withToken(await secretFromStdin(), kinds, { stored, target, store });
    showRedirectUri(stored, target, kinds);
    return;
  }
  const { clientSecretStdin, readOnlyClientId } = options;
  // A secret alone is a new one of the first application.
  const isSecretAlone = clientSecretStdin && readOnlyClientId === undefined;
  const clientId = options.clientId ?? (isSecretAlone ? stored.first?.clientId : undefined);
  const changed: ApplicationKind[] = [];
  if (clientId !== undefined || stored.first?.hasSecret !== true) {
    changed.push("first");
    if (clientId === undefined) await chooseFirst(stored, target, options, store);
    else await store("first", await byHand(clientId, stored.readOnly?.clientId, options));
  }
  if (readOnlyClientId !== undefined) {
    changed.push("readOnly");
    await store("readOnly", await byHand(readOnlyClientId, stored.first?.clientId, options));
  }
  showRedirectUri(stored, target, changed);
}

/** With `--read-only` a first application that there is stays as it is: it need not be the token's user's. */
function kindsForToken(
  stored: StoredApplications,
  { isForgejoMoved }: Target,
  { readOnly }: ApplicationOptions,
): ApplicationKind[] {
  const keepsFirst = readOnly && stored.first !== undefined && !isForgejoMoved;
  const hasSecond = readOnly || stored.readOnly !== undefined;
  return [...(keepsFirst ? [] : ["first" as const]), ...(hasSecond ? ["readOnly" as const] : [])];
}

async function withToken(
  token: string,
  kinds: readonly ApplicationKind[],
  { stored, target, store }: { stored: StoredApplications; target: Target; store: Store },
): Promise<void> {
  const own = await listOwnApplications(target.forgejo, token);
  for (const kind of kinds) {
    const id = stored[kind]?.clientId;
    if (id !== undefined && !target.isForgejoMoved) own.require(id);
  }
  const ids = { first: stored.first?.clientId, readOnly: stored.readOnly?.clientId };
  for (const kind of kinds) {
    const otherClientId = kind === "first" ? ids.readOnly : ids.first;
    const application = await own.ensure(target.redirectUri, { kind, stored: stored[kind], otherClientId });
    if (application === undefined) continue;
    ids[kind] = application.clientId;
    await store(kind, application);
  }
}

/** Throws CommandError when there is no terminal to ask on. */
async function chooseFirst(
  stored: StoredApplications,
  target: Target,
  options: ApplicationOptions,
  store: Store,
): Promise<void> {
  const instructions = applicationInstructions(target.forgejo, target.redirectUri);
  if (options.yes || options.clientSecretStdin || !isInteractive())
    throw usageError(
      `There is no application in Forgejo yet. Nothing was changed.\n\n${instructions}\n`,
      "Then give --client-id and --client-secret-stdin; or give --token-stdin with a token that may create it.",
    );
  const { password } = await import("@inquirer/prompts");
  const token = await password({
    message: "A Forgejo token with the scope write:user that creates the application (empty: by hand)",
    mask: true,
  });
  if (token === "") {
    print(instructions);
    const first = await askByHand(stored.readOnly?.clientId, options);
    await store("first", first);
    if (!(await wantsSecond(stored))) return;
    print(applicationInstructions(target.forgejo, target.redirectUri, "readOnly"));
    await store("readOnly", await askByHand(first.clientId, options));
    return;
  }
  const kinds = (await wantsSecond(stored)) ? (["first", "readOnly"] as const) : (["first"] as const);
  await withToken(token, kinds, { stored, target, store });
}

/** Asks for the second application, where there is none. */
async function wantsSecond({ readOnly }: StoredApplications): Promise<boolean> {
  if (readOnly !== undefined) return false;
  print(
    "With a second, read-only application Forgejo itself rejects the writes of connections that only read.",
  );
  return confirmed("Add the second application? It can be added later, too");
}

async function askByHand(
  otherClientId: string | undefined,
  options: ApplicationOptions,
): Promise<ForgejoApplication> {
  const { input } = await import("@inquirer/prompts");
  const clientId = await input({
    message: "The client id",
    validate: (value) => oneWord().safeParse(value).success || "It must be one word",
  });
  return byHand(clientId, otherClientId, options);
}

async function byHand(
  clientId: string,
  otherClientId: string | undefined,
  options: ApplicationOptions,
): Promise<ForgejoApplication> {
  if (clientId === otherClientId)
    throw usageError(
      `The installation has the application ${clientId} for its other connections already.`,
      "Create another application in Forgejo, and give its client id. Nothing was changed.",
    );
  const clientSecret = options.clientSecretStdin
    ? await secretFromStdin()
    : await askSecret("The client secret", options);
  return { clientId, clientSecret };
}

/** What is left to do in Forgejo with those that were not changed. */
function showRedirectUri(
  stored: StoredApplications,
  { redirectUri, isMoved }: Target,
  changed: readonly ApplicationKind[],
): void {
  if (!isMoved) return;
  for (const kind of ["first", "readOnly"] as const) {
    const application = stored[kind];
    if (application !== undefined && !changed.includes(kind))
      print(`Add the redirect URI ${redirectUri} to the application ${application.clientId} in Forgejo.`);
  }
}

function usageError(message: string, next: string): CommandError {
  return new CommandError(exitCodes.usage, message, next);
}
