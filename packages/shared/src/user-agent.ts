import { version } from "./version.ts";

/** Of the requests that fjmcp sends on its own behalf (RFC 9110 §10.1.5). */
export const userAgent = `fjmcp/${version}`;
