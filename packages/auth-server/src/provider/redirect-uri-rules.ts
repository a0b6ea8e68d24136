import { isRegistrableLoopback } from "./loopback.ts";

/** Schemes that run code, read files or leave the browser's OAuth world (RFC 8252 §7.1 wants private-use ones). */
const deniedSchemes = new Set(
  "javascript data vbscript file blob about ftp ws wss intent view-source"
    .split(" ")
    .map((name) => `${name}:`),
);
const maxLength = 2048;

/** Why a redirect URI must not be registered, or undefined when it may. */
export function redirectUriFault(uri: string): string | undefined {
  if (uri.length > maxLength) return `must not be longer than ${maxLength} characters`;
  if (/[\s\p{Cc}\p{Cf}\p{Cs}]/u.test(uri)) return "must not contain white space or control characters";
  // Browsers read a backslash as a slash, and take http and https with any number of slashes.
  if (uri.includes("\\")) return "must not contain a backslash";
  if (/^https?:(?!\/\/[^/])/i.test(uri)) return "must have two slashes before the host";
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined) return "must be absolute URIs";
  if (uri.includes("#")) return "must not contain a fragment";
  if (url.username !== "" || url.password !== "" || /^[^/?]*\/\/[^/?]*@/.test(uri)) {
    return "must not contain user information";
  }
  if (deniedSchemes.has(url.protocol)) return `must not use the scheme ${url.protocol.slice(0, -1)}`;
  if (url.protocol === "http:" && !isRegistrableLoopback(url)) {
    return "must use https unless they point to localhost, 127.0.0.1 or [::1]";
  }
  return undefined;
}
