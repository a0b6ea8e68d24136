import { requestParser } from "@fjmcp/shared/ipc/request-parser";

const message = "The request does not match the contract in ipc/admin.ts.";

/** Queries and bodies of the admin socket. */
export const { parseQuery, parseBody } = requestParser({ query: message, body: message });
