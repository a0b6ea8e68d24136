import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import type { Stack } from "@fjmcp/testkit/stack/stack";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { childTools, repositoryForIssue, type ChildTools, type ToolCall } from "./child-tools.ts";
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
    return { value: undefined, text: "new tokens; the session continues with them" };
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
    text: `${tools.read.name} ${login === undefined ? "returned a result" : `reports the user ${login}`}`,
  };
}

async function write(connected: ConnectedClient, tools: ChildTools): Promise<Outcome<void>> {
  if (tools.listRepositories === undefined) return leftOut("no tool of this child is known to write");
  const repository = repositoryForIssue(await call(connected, tools.listRepositories));
  if (repository === undefined)
    return leftOut("this account has no repository with issues enabled that is not archived");
  const title = `Hello from the fjmcp demo, ${new Date().toISOString()}`;
  const createIssue = tools.createIssue(repository, title);
  if (createIssue === undefined) return leftOut("this child has no tool that opens an issue");
  const result = await call(connected, createIssue);
  if (!result.includes(title))
    throw new Error(`${createIssue.name} returned a result without the issue's title`);
  return {
    value: undefined,
    text: `${createIssue.name} opened an issue in ${repository.owner}/${repository.repo}`,
  };
}

async function restart(stack: Stack, connected: ConnectedClient, tools: ChildTools): Promise<Outcome<void>> {
  const { transport, recording } = connected;
  const before = {
    sessionId: transport.sessionId,
    pid: stack.sessionDaemon.pid,
    initializes: recording.count("initialize"),
  };
  await stack.sessionDaemon.kill("SIGKILL");
  await probe(connected, tools);
  await waitUntil("the session-daemon should be back", () => stack.sessionDaemon.pid !== before.pid);
  if (transport.sessionId !== before.sessionId) throw new Error("The client has another session now");
  if (recording.count("initialize") !== before.initializes)
    throw new Error("The client had to initialize again");
  await waitUntil("the client's event stream should be open again", () => recording.openStreams > 0);
  return {
    value: undefined,
    text: "session-daemon killed; the same client and session continue, without a second initialize",
  };
}

async function revoke(stack: Stack, connected: ConnectedClient): Promise<Outcome<void>> {
  const { client, provider, recording, revocationEndpoint } = connected;
  const children = childrenOf(stack.sessionDaemon.pid);
  if (children.length === 0) throw new Error("There is no child process that could end");
  const token = provider.tokens()?.refresh_token ?? "";
  const clientId = provider.clientInformation()?.client_id;
  const response = await postForm(revocationEndpoint, { token, client_id: clientId });
  if (response.status !== 200)
    throw new Error(`The revocation got status ${response.status}: ${response.text}`);
  await waitUntil("the child process should be gone", () => !children.some(isRunning));
  await waitUntil("the open stream should be closed", () => recording.openStreams === 0);
  await client.close();
  return {
    value: undefined,
    text: `grant revoked; child process ${children.join(", ")} has exited, the open stream is closed`,
  };
}

/** Sends a request that reaches the child. */
async function probe(connected: ConnectedClient, tools: ChildTools): Promise<void> {
  if (tools.read === undefined) await connected.client.listTools();
  else await call(connected, tools.read);
}

/** Calls a tool and gives the text of its result. Throws when the tool reports an error. */
async function call({ client }: ConnectedClient, tool: ToolCall): Promise<string> {
  const result = await client.callTool({ name: tool.name, arguments: { ...tool.arguments } });
  const text = (result.content as { text?: string }[]).map((part) => part.text ?? "").join("\n");
  if (result.isError === true) throw new Error(`${tool.name} failed: ${text.slice(0, 300)}`);
  return text;
}

function leftOut(text: string): Outcome<void> {
  return { value: undefined, text: `left out: ${text}`, leftOut: true };
}
