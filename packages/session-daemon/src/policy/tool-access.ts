import type { AccessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { allToolsets, toolsetMask, type ToolsetMask } from "./toolset-mask.ts";

/** What the holder of one access token may use; immutable. Every token may read. */
export interface ToolAccess {
  readonly canWrite: boolean;
  readonly toolsets: ToolsetMask;
  /** The client requested to write, whether or not the user granted it. */
  readonly requestedWrite: boolean;
  /** Undefined unless the client has narrowed what its token allows. */
  readonly narrowing: Narrowing | undefined;
}

/** What a client leaves to its own requests. */
export interface Narrowing {
  /** What the token allows. */
  readonly granted: ToolAccess;
  readonly toolsets: ToolsetMask;
  readonly isReadOnly: boolean;
}

const [, writeScope] = scopes;

/** The access of a verified token, from its record alone. */
export function toolAccess(record: AccessTokenRecord): ToolAccess {
  return {
    canWrite: includesWrite(record.scope),
    toolsets: toolsetMask(record.toolsets),
    requestedWrite: includesWrite(record.requestedScope),
    narrowing: undefined,
  };
}

/** Equal for two accesses that allow the same. */
export function accessKey({ canWrite, toolsets }: ToolAccess): string {
  return `${canWrite ? "w" : "r"}${toolsets}`;
}

/** Whether it allows every tool of every child. */
export function isUnlimited({ canWrite, toolsets }: ToolAccess): boolean {
  return canWrite && toolsets === allToolsets;
}

function includesWrite(scope: string): boolean {
  return scope.split(" ").includes(writeScope);
}
