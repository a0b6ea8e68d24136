/** The services of an installation, by the names that the command line gives them. */
export const services = {
  auth: "fjmcp-auth.service",
  session: "fjmcp-session.service",
  redis: "fjmcp-redis.service",
} as const;

export const target = "fjmcp.target";

/** What both daemons read (`EnvironmentFile=`), below the root directory. `fjmcp setup` makes it. */
export const configurationPath = "etc/fjmcp/fjmcp.env";

/** Each socket unit with its path, the group that may open it. */
export const sockets = [
  { unit: "fjmcp-auth.socket", path: "run/fjmcp/auth/http.sock", group: "fjmcp-proxy" },
  { unit: "fjmcp-auth-ipc.socket", path: "run/fjmcp/auth-ipc/ipc.sock", group: "fjmcp-ipc" },
  { unit: "fjmcp-auth-admin.socket", path: "run/fjmcp/auth-admin/admin.sock", group: "fjmcp-admin" },
  { unit: "fjmcp-session.socket", path: "run/fjmcp/session/mcp.sock", group: "fjmcp-proxy" },
  {
    unit: "fjmcp-session-control.socket",
    path: "run/fjmcp/session-control/control.sock",
    group: "fjmcp-control",
  },
] as const;

/** The groups that the daemons' users must be in, see deploy/systemd/fjmcp.sysusers. */
export const memberships = [
  { group: "fjmcp-proxy", user: "fjmcp-auth" },
  { group: "fjmcp-ipc", user: "fjmcp-session" },
  { group: "fjmcp-control", user: "fjmcp-auth" },
  { group: "fjmcp-redis", user: "fjmcp-auth" },
  { group: "fjmcp-redis", user: "fjmcp-session" },
] as const;

/** The groups without any other member: of the daemons' sockets to each other, and of Redis. */
export const closedGroups = ["fjmcp-ipc", "fjmcp-control", "fjmcp-redis"] as const;
