import { isJsonObject } from "../jsonrpc/lossless-json.ts";

/** The extension of tasks (2026-07-28). Their state is that of a process, which several clients share. */
export const tasksExtension = "io.modelcontextprotocol/tasks";

type Capabilities = Readonly<Record<string, unknown>>;

/** A client's capabilities as a child sees them: tasks are never forwarded. The same object when they name none. */
export function withoutTasks(capabilities: Capabilities): Capabilities {
  const { tasks, ...others } = capabilities;
  const { extensions } = others;
  if (isJsonObject(extensions) && tasksExtension in extensions) {
    const { [tasksExtension]: _, ...kept } = extensions;
    return { ...others, extensions: kept };
  }
  return tasks === undefined ? capabilities : others;
}
