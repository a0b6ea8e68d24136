/** The host of a redirect URI, or its scheme with the colon where it has none. */
export function redirectHost(uri: string): string {
  const url = new URL(uri);
  return url.host === "" ? url.protocol : url.host;
}
