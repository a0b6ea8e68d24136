import type { HttpReply } from "@fjmcp/testkit/mcp-client/http-client";

/** The reply to one posted message. Of the JSON-RPC response it has the members that tests read. */
export interface McpReply extends HttpReply {
  readonly json: {
    readonly id: unknown;
    readonly result: {
      readonly protocolVersion: string;
      readonly content: readonly { readonly text: string }[];
      readonly contents: readonly unknown[];
      readonly tools: readonly unknown[];
    };
    readonly error: { readonly code: number; readonly message: string; readonly data: unknown };
  };
}
