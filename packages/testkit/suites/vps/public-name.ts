/** The public name of the installation, which only the container knows. */
export const publicHost = "mcp.fjmcp.test";
export const publicUrl = `https://${publicHost}`;
export const mcpUrl = `${publicUrl}/mcp`;
/** The root certificate of Caddy's internal CA, inside. */
export const caFile = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt";

/** A user of the sandbox Forgejo. */
export interface Login {
  readonly name: string;
  readonly password: string;
}
