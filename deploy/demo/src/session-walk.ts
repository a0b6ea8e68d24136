import { postForm } from "@fjmcp/testkit/oauth-client/oauth-answer";
import type { Stack } from "@fjmcp/testkit/stack/stack";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { childTools, firstRepository, type ChildTools, type ToolCall } from "./child-tools.ts";
import { refreshTokens, type ConnectedClient } from "./client-walk.ts";
import { childrenOf, isRunning } from "@fjmcp/testkit/process/process-children";
import type { Outcome, StepRunner } from "./step-runner.ts";

/** In an open session: tools-list, read, write, refresh, restart, revoke. */
export async function walkSession(run: StepRunner, stack: Stack, connected: ConnectedClient): Promise<void> {
  const { client } = connected;
  const tools = await run.step("tools-list", async () => {
    const { tools } = await client.listTools();
    return { value: childTools(tools), text: `${tools.length} tools` };
  });
  await run.step("read", () => read(connected, tools));
  await run.step("write", () => write(connected, tools));
  await run.step("refresh", async () => {
    await refreshTokens(connected, stack.mcpUrl);
    await probe(connected, tools);
    return { value: undefined, text: "new tokens; the session goes on with them" };
  });
  await run.step("restart", () => restart(stack, connected, tools));
  await run.step("revoke", () => revoke(stack, connected));
}

async function read(connected: ConnectedClient, tools: ChildTools): Promise<Outcome<void>> {
  if (tools.read === undefined) return leftOut("no tool of this child is known to read without arguments");
  const text = await call(connected, tools.read);
  const login = /"login"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  return {
    value: undefined,
    text: `${tools.read.name} ${login === undefined ? "answered" : `says I am ${login}`}`,
  };
}

async function write(connected: ConnectedClient, tools: ChildTools): Promise<Outcome<void>> {
  if (tools.listRepositories === undefined) return leftOut("no tool of this child is known to write");
  const repository = firstRepository(await call(connected, tools.listRepositories));
  if (repository === undefined) return leftOut("this account has no repository in which to open an issue");
  const title = `Hello from the fjmcp demo, ${new Date().toISOString()}`;
  const createIssue = tools.createIssue(repository, title);
  if (createIssue === undefined) return leftOut("this child has no tool that opens an issue");
  const answer = await call(connected, createIssue);
  if (!answer.includes(title)) throw new Error(`${createIssue.name} answered without the issue's title`);
  return {
    value: undefined,
    text: `${createIssue.name} opened an issue in ${repository.owner}/${repository.repo}`,
  };
}

async function restart(stack: Stack, connected: ConnectedClient, tools: ChildTools): Promise<Outcome<void>> {
  const { transport, wire } = connected;
  const before = {
    sessionId: transport.sessionId,
    pid: stack.sessionDaemon.pid,
    initializes: wire.count("initialize"),
  };
  await stack.sessionDaemon.kill("SIGKILL");
  await probe(connected, tools);
  await waitUntil("the session-daemon should be back", () => stack.sessionDaemon.pid !== before.pid);
  if (transport.sessionId !== before.sessionId) throw new Error("The client has another session now");
  if (wire.count("initialize") !== before.initializes) throw new Error("The client had to initialize again");
  await waitUntil("the client's event stream should be open again", () => wire.openStreams > 0);
  return {
    value: undefined,
    text: "session-daemon killed; the same client and session go on, no second initialize",
  };
}

async function revoke(stack: Stack, connected: ConnectedClient): Promise<Outcome<void>> {
  const { client, provider, wire, revocationEndpoint } = connected;
  const children = childrenOf(stack.sessionDaemon.pid);
  if (children.length === 0) throw new Error("There is no child process that could end");
  const token = provider.tokens()?.refresh_token ?? "";
  const clientId = provider.clientInformation()?.client_id;
  const answer = await postForm(revocationEndpoint, { token, client_id: clientId });
  if (answer.status !== 200)
    throw new Error(`The revocation was answered with ${answer.status}: ${answer.text}`);
  await waitUntil("the child process should be gone", () => !children.some(isRunning), { timeoutMs: 5_000 });
  await waitUntil("the open stream should be closed", () => wire.openStreams === 0, { timeoutMs: 5_000 });
  await client.close();
  return {
    value: undefined,
    text: `grant ended; child process ${children.join(", ")} is gone, the open stream closed`,
  };
}

/** Any request that reaches the child. */
async function probe(connected: ConnectedClient, tools: ChildTools): Promise<void> {
  if (tools.read === undefined) await connected.client.listTools();
  else await call(connected, tools.read);
}

/** The text of a tool's answer. Throws when the tool says that it failed. */
async function call({ client }: ConnectedClient, tool: ToolCall): Promise<string> {
  const result = await client.callTool({ name: tool.name, arguments: { ...tool.arguments } });
  const text = (result["content"] as { text?: string }[]).map((part) => part.text ?? "").join("\n");
  if (result["isError"] === true) throw new Error(`${tool.name} failed: ${text.slice(0, 300)}`);
  return text;
}

function leftOut(text: string): Outcome<void> {
  return { value: undefined, text: `left out: ${text}`, leftOut: true };
}
