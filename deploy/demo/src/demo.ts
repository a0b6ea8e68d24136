import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browserSignIn } from "./browser-sign-in.ts";
import { walkToSession } from "./client-walk.ts";
import type { DemoOptions } from "./demo-arguments.ts";
import { startServices, type Services } from "./start-services.ts";
import type { Ready, Reporter } from "./reporter.ts";
import { scriptedSignIn } from "./scripted-sign-in.ts";
import { walkSession } from "./session-walk.ts";
import { StepRunner } from "./step-runner.ts";

/**
 * Starts everything, walks a real client through it and, with `keep`, stays up until `stop` aborts. Everything that it
 * started has ended when this resolves or rejects. Throws StepFailedError, whose step has been reported, or the reason of
 * `stop` when it aborts during the walk. The logs of a failed walk are kept.
 */
export async function runDemo(options: DemoOptions, reporter: Reporter, stop: AbortSignal): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const logDir = await mkdtemp(join(tmpdir(), "fjmcp-demo-"));
  const run = new StepRunner(reporter, () => `The logs are in ${logDir}`, stop);
  opened.defer(async () => {
    if (!run.failed) await rm(logDir, { recursive: true, force: true });
  });
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => reject(stop.reason as Error), { once: true });
  });
  stopped.catch(() => undefined);
  try {
    const services = await startServices(options, run, reporter, { opened, logDir, stop });
    stop.throwIfAborted();
    await Promise.race([walk(run, services, reporter, opened), stopped]);
    reporter.summary(run.steps);
    reporter.ready(readyOf(services), options.keep);
  } catch (error) {
    if (run.failed) reporter.summary(run.steps);
    throw error;
  }
  if (options.keep) await stopped.catch(() => undefined);
}

/** Revokes its own grant at the end, so that the services are as freshly started. */
async function walk(
  run: StepRunner,
  { stack, logins }: Services,
  reporter: Reporter,
  opened: AsyncDisposableStack,
): Promise<void> {
  const signIn =
    logins[0] === undefined
      ? await browserSignIn((line) => reporter.note(line))
      : await scriptedSignIn(logins[0]);
  opened.defer(() => signIn.close());
  const connected = await walkToSession(run, stack.mcpUrl, signIn);
  opened.defer(() => connected.client.close());
  await walkSession(run, stack, connected);
}

function readyOf({ stack, logins }: Services): Ready {
  const { issuer, mcpUrl, forgejo, redis, sockets, authServer, sessionDaemon } = stack;
  return {
    issuer,
    mcpUrl,
    forgejo: { url: forgejo.url, users: logins },
    redis: redis.unrestricted,
    sockets: { mcp: sockets.mcp, control: sockets.control },
    pids: {
      demo: process.pid,
      authServer: authServer.pid,
      sessionDaemon: sessionDaemon.pid,
      redis: redis.pid,
    },
    logs: { authServer: authServer.logFile, sessionDaemon: sessionDaemon.logFile },
  };
}
