/**
 * Schemes that are not private-use ones (RFC 8252 §7.1): a browser or operating system handles them itself, and would
 * run, open, read or send what the registration contains.
 */
const deniedSchemes = new Set(
  [
    "javascript livescript mocha vbscript data blob about filesystem view-source jar feed pcast wyciwyg",
    "chrome chrome-untrusted devtools edge brave opera vivaldi extension resource res",
    "file ftp ftps sftp smb cifs afp nfs ws wss gopher telnet ssh rlogin ldap ldaps",
    "mailto tel telprompt callto sip sips sms smsto mms mmsto facetime facetime-audio",
    "intent android-app market itms itms-apps itms-services applescript shortcuts x-man-page",
    "search search-ms shell hcp help mk its mhtml",
  ].flatMap((names) => names.split(" ")),
);
/** Families of the same kind: Windows' own, Apple's own, the pages of browser extensions, and browsers' own for web addresses. */
const deniedFamilies =
  /^(ms-|x-apple|x-safari|microsoft-edge|googlechrome|firefox|opera-|ddgquicklink)|-(extension|https?)$/;
/** A web address as all that follows the scheme: some program passes it to a browser. */
const wrappedAddress = /^(?!https?:)[^:]+:[/?]*(url=)?https?(:|%3a)/i;
const maxLength = 2048;
/** RFC 8252 §7.3: the hosts on which a native client may listen for its redirect. */
const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Why a redirect URI must not be registered, or undefined when it may. */
export function redirectUriFault(uri: string): string | undefined {
  if (uri.length > maxLength) return `must not be longer than ${maxLength} characters`;
  if (/[\s\p{Cc}\p{Cf}\p{Cs}]/u.test(uri)) return "must not contain white space or control characters";
  // Browsers read a backslash as a slash, and accept http and https with any number of slashes.
  if (uri.includes("\\")) return "must not contain a backslash";
  if (/^https?:(?!\/\/[^/])/i.test(uri)) return "must have two slashes before the host";
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined) return "must be absolute URIs";
  if (uri.includes("#")) return "must not contain a fragment";
  if (url.username !== "" || url.password !== "" || /^[^/?]*\/\/[^/?]*@/.test(uri)) {
    return "must not contain user information";
  }
  const scheme = url.protocol.slice(0, -1);
  if (deniedSchemes.has(scheme) || deniedFamilies.test(scheme)) return `must not use the scheme ${scheme}`;
  if (wrappedAddress.test(uri)) return "must not wrap a web address in another scheme";
  if (url.protocol === "http:" && !loopbackHosts.has(url.hostname)) {
    return "must use https unless they point to localhost, 127.0.0.1 or [::1]";
  }
  return undefined;
}
