/**
 * All settings of both daemons, in the order of the configuration file and of its reference. The daemons share one
 * file: each reads the settings that its own schema has, ignores the others of this list, and rejects all else.
 */
export const settingGroups = {
  "What an administrator must set": ["FJMCP_ISSUER", "FJMCP_FORGEJO_URL", "FJMCP_FORGEJO_CLIENT_ID"],
  "The MCP server": [
    "FJMCP_CHILD_COMMAND",
    "FJMCP_CHILD_ENV",
    "FJMCP_CHILD_SHA256",
    "FJMCP_CHILD_MEMORY_MIB",
    "FJMCP_CHILD_DENIED_ARGUMENTS",
    "FJMCP_CHILD_ALLOWED_ARGUMENTS",
    "FJMCP_TOOL_TABLE",
    "FJMCP_TOOLS_ALLOW",
    "FJMCP_TOOLS_DENY",
    "FJMCP_CHILD_ISOLATION",
    "FJMCP_SANDBOX",
    "FJMCP_SANDBOX_READ",
  ],
  Access: [
    "FJMCP_FORGEJO_SCOPE",
    "FJMCP_ALLOWED_ORIGINS",
    "FJMCP_CLIENT_HOSTS",
    "FJMCP_CLIENT_HOSTS_DENIED",
    "FJMCP_CLIENT_DOCUMENTS_FILE",
    "FJMCP_ACCESS_TOKEN_SECONDS",
    "FJMCP_REFRESH_TOKEN_SECONDS",
    "FJMCP_REFRESH_GRACE_SECONDS",
  ],
  "Limits and times": [
    "FJMCP_MAX_WORKERS",
    "FJMCP_MAX_WORKERS_PER_ACCOUNT",
    "FJMCP_START_WORKERS_EARLY",
    "FJMCP_IDLE_SECONDS",
    "FJMCP_START_SECONDS",
    "FJMCP_REQUEST_SECONDS",
    "FJMCP_QUEUE_SECONDS",
    "FJMCP_DRAIN_SECONDS",
    "FJMCP_KEEP_ALIVE_SECONDS",
    "FJMCP_SWEEP_SECONDS",
    "FJMCP_FORGEJO_TIMEOUT_SECONDS",
  ],
  "Log and metrics": ["FJMCP_LOG_LEVEL", "FJMCP_METRICS_LISTEN"],
  Pages: ["FJMCP_INSTANCE_NAME", "FJMCP_LOGO_FILE", "FJMCP_LOGO_DARK_FILE"],
  Secrets: [
    "FJMCP_FORGEJO_CLIENT_SECRET_FILE",
    "FJMCP_VAULT_KEY_FILE",
    "FJMCP_COOKIE_KEY_FILE",
    "FJMCP_DERIVATION_KEY_FILE",
    "FJMCP_REDIS_AUTH_PASSWORD_FILE",
    "FJMCP_REDIS_SESSION_PASSWORD_FILE",
  ],
  "Redis, sockets and folders": [
    "FJMCP_REDIS",
    "FJMCP_REDIS_AUTH_USERNAME",
    "FJMCP_REDIS_SESSION_USERNAME",
    "FJMCP_LISTEN",
    "FJMCP_IPC_SOCKET",
    "FJMCP_MCP_SOCKET",
    "FJMCP_CONTROL_SOCKET",
    "FJMCP_ADMIN_SOCKET",
    "FJMCP_RUNTIME_DIR",
  ],
  "After a move or a loss": [
    "FJMCP_PREVIOUS_ISSUER",
    "FJMCP_FORGEJO_PREVIOUS_URL",
    "FJMCP_VAULT_DISCARD",
    "FJMCP_DERIVATION_DISCARD",
  ],
} as const;

/** The name of each setting that some daemon has. */
export const settingNames: ReadonlySet<string> = new Set(Object.values(settingGroups).flat());
