import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "@fjmcp/shared/hash";
import { projectRoot } from "../process/project-root.ts";

export interface RedisUser {
  readonly username: string;
  readonly password: string;
}

export interface RedisAcl {
  readonly authServer: RedisUser;
  readonly sessionDaemon: RedisUser;
  /** For the test or the demo itself; a deployment has no such user. */
  readonly unrestricted: RedisUser;
  /** The text of Redis's ACL file. */
  readonly text: string;
}

/** `deploy/redis.acl` with fresh random passwords, and an unrestricted user in addition to its two. */
export function generateRedisAcl(): RedisAcl {
  const authServer = newUser("fjmcp-auth-server");
  const sessionDaemon = newUser("fjmcp-session-daemon");
  const unrestricted = newUser("unrestricted");
  const deployed = readFileSync(join(projectRoot, "deploy", "redis.acl"), "utf8")
    .replace("AUTH_SERVER_PASSWORD_SHA256", sha256Hex(authServer.password))
    .replace("SESSION_DAEMON_PASSWORD_SHA256", sha256Hex(sessionDaemon.password));
  const own = `user ${unrestricted.username} on #${sha256Hex(unrestricted.password)} ~* &* +@all\n`;
  return { authServer, sessionDaemon, unrestricted, text: deployed + own };
}

function newUser(username: string): RedisUser {
  return { username, password: randomBytes(24).toString("base64url") };
}
