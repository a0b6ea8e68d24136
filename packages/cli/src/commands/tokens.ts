import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Argument, InvalidArgumentError, type Command } from "commander";
import { sha256Hex } from "@fjmcp/shared/hash";
import {
  adminPaths,
  claimTokenResponse,
  endAccessResponse,
  endTokenRequest,
  listTokensResponse,
  maxPersonalTokenSec,
  requestTokenRequest,
  requestTokenResponse,
  type ListTokensResponse,
  type RequestTokenResponse,
} from "@fjmcp/shared/ipc/admin";
import { toolsets, toolsetSchema, type Toolset } from "@fjmcp/shared/oauth/toolsets";
import type { AdminClient } from "../admin/admin-client.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { note, print, printJson } from "../terminal/output.ts";
import { formatTime } from "../terminal/times.ts";
import { adminClient, example, jsonOption, withSocket, type SocketOptions } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";
import { toolsetsText } from "./toolsets-text.ts";

type Token = ListTokensResponse["tokens"][number];

interface CreateOptions extends SocketOptions {
  readonly name: string;
  readonly expires: number;
  readonly readOnly: boolean;
  readonly toolsets?: readonly Toolset[];
  readonly json: boolean;
}

const daySec = 86_400;
const maxDays = maxPersonalTokenSec / daySec;
const defaultDays = 90;
const pollMs = 2000;

/** `fjmcp tokens`. */
export function addTokensCommand(program: Command): void {
  const tokens = program
    .command("tokens")
    .description("personal tokens, for programs without a browser; create and revoke one");
  addListCommand<Token>(tokens, {
    things: "tokens",
    byUser: true,
    columns: [
      { title: "ID", text: ({ grantId }) => grantId },
      { title: "USER", text: ({ accountId }) => accountId },
      { title: "NAME", text: ({ name }) => name },
      { title: "ACCESS", text: ({ scopes }) => (scopes.includes("forgejo:write") ? "read, write" : "read") },
      { title: "TOOLSETS", text: ({ toolsets: some }) => toolsetsText(some) },
      { title: "EXPIRES (UTC)", text: ({ expiresAtSec }) => formatTime(expiresAtSec) },
      { title: "LAST USE (UTC)", text: ({ lastUsedAtSec }) => formatTime(lastUsedAtSec) },
    ],
    async fetch(client, query) {
      const { tokens: rows, ...rest } = await client.call(
        `${adminPaths.tokens}?${query.toString()}`,
        listTokensResponse,
      );
      return { rows, ...rest };
    },
  });
  addCreate(tokens);
  addRevoke(tokens);
}

function addCreate(tokens: Command): void {
  withSocket(tokens.command("create"))
    .description("create a token: the user that it is for confirms it in a browser, on any device")
    .option("--name <name>", "what it is for, as lists and the consent page show it", "fjmcp tokens create")
    .option("--expires <days>", `days until it expires, at most ${maxDays}`, days, defaultDays)
    .option("--read-only", "ask for reading only", false)
    .option(
      "--toolsets <names>",
      "ask for these, separated by commas; the user may change them",
      toolsetNames,
    )
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp tokens create --name nightly-ci --expires 30 --read-only"))
    .action(async ({ name, expires, readOnly, toolsets: some, json, ...options }: CreateOptions) => {
      const wanted = requestTokenRequest.safeParse({
        name,
        expiresInSec: expires * daySec,
        readOnly,
        ...(some !== undefined && { toolsets: some }),
      });
      if (!wanted.success)
        throw new CommandError(
          exitCodes.usage,
          "The name must have 1 to 80 characters.",
          "Give another --name.",
        );
      const client = adminClient(options);
      const request = await client.call(adminPaths.requestToken, requestTokenResponse, wanted.data);
      note(instructions(request));
      const created = await waitForToken(client, request);
      if (json) return printJson(created);
      note(
        `The token “${created.name}” expires ${formatTime(created.expiresAtSec)} UTC. This is its only copy:`,
      );
      return print(created.token);
    });
}

function instructions({ userCode, verificationUri, expiresInSec }: RequestTokenResponse): string {
  return [
    "Open this link in a browser, on any device, as the user that the token is for:",
    `  ${verificationUri}`,
    `Compare the code there: ${userCode}`,
    `Waiting for up to ${expiresInSec / 60} minutes …`,
  ].join("\n");
}

async function waitForToken(client: AdminClient, { deviceCode, expiresInSec }: RequestTokenResponse) {
  const deadlineMs = performance.now() + expiresInSec * 1000;
  for (;;) {
    const claim = await client
      .call(adminPaths.claimToken, claimTokenResponse, { deviceCode })
      .catch((error: unknown) => {
        // The auth-server restarts, or Redis is away: the user may have confirmed already (RFC 8628 §3.5).
        const mayHeal = error instanceof CommandError && error.exitCode === exitCodes.unavailable;
        if (!mayHeal || performance.now() >= deadlineMs) throw error;
        return { status: "pending" } as const;
      });
    if (claim.status === "created") {
      const { token, name, expiresAtSec } = claim;
      return { token, name, expiresAtSec };
    }
    if (claim.status === "denied")
      throw new CommandError(
        exitCodes.cancelled,
        `No token was created. ${claim.reason}`,
        "Run the command again.",
      );
    if (claim.status === "expired")
      throw new CommandError(
        exitCodes.cancelled,
        "No token was created. It was not confirmed in time.",
        "Run the command again, and open its new link.",
      );
    await sleep(pollMs);
  }
}

function addRevoke(tokens: Command): void {
  const about =
    "revoke a token, by the id that the list shows, or - for one that leaked: its value on standard input";
  endCommand(tokens, new Argument("<token>"), about, "revoke")
    .addHelpText("after", example("fjmcp tokens revoke Zk3v0Q8hYw5tR2nB"))
    .action(async (id: string, options: EndOptions) => {
      const isLeaked = id === "-";
      const name = isLeaked ? "with this value" : id;
      await requireConfirmation(`Revoke the personal token ${name}?`, options.yes || isLeaked);
      const request = endTokenRequest.parse(
        isLeaked ? { tokenHash: sha256Hex((await text(process.stdin)).trim()) } : { grantId: id },
      );
      const { status } = await adminClient(options).call(adminPaths.endToken, endAccessResponse, request);
      if (status === "unknown")
        throw new CommandError(
          exitCodes.notFound,
          `There is no personal token ${name}.`,
          "`fjmcp tokens --all` lists them.",
        );
      reportEnd(options, isLeaked ? {} : { grantId: id }, `Revoked the personal token ${name}.`);
    });
}

function days(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maxDays) return number;
  throw new InvalidArgumentError(`It must be a whole number of days, from 1 to ${maxDays}.`);
}

function toolsetNames(text: string): Toolset[] {
  const names = text.split(",").map((name) => toolsetSchema.safeParse(name.trim()));
  const known = names.flatMap(({ data }) => data ?? []);
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`They must be some of: ${toolsets.join(", ")}.`);
}
