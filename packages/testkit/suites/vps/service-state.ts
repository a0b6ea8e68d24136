import type { HealthResponse } from "@fjmcp/shared/ipc/control";
import { healthPath, type AuthServerHealth } from "@fjmcp/shared/ipc/health";
import type { Container } from "./container.ts";

const healthSockets = {
  auth: "/run/fjmcp/auth-ipc/ipc.sock",
  session: "/run/fjmcp/session-control/control.sock",
};
type Daemon = keyof typeof healthSockets;

const program = `
const [socketPath, path] = process.argv.slice(1);
require("node:http").get({ socketPath, path }, (response) => response.pipe(process.stdout));
`;

/** What systemd says of both daemons' lives: other values after any restart. */
export async function livesOfDaemons(container: Container): Promise<string> {
  return await show(container, "MainPID,NRestarts,ActiveEnterTimestampMonotonic");
}

/** How both daemons find Redis: their lines in `systemctl status`, and what their /health says. */
export async function redisStates(container: Container): Promise<{ lines: string[]; health: string[] }> {
  const lines = (await show(container, "StatusText")).split("\n").filter(Boolean);
  const names = Object.keys(healthSockets) as Daemon[];
  return { lines, health: await Promise.all(names.map((daemon) => redisHealthOf(container, daemon))) };
}

async function redisHealthOf(container: Container, daemon: Daemon): Promise<string> {
  const node = ["/usr/lib/fjmcp/node", "--eval", program, healthSockets[daemon], healthPath];
  return (JSON.parse(await container.run(node)) as AuthServerHealth | HealthResponse).redis.status;
}

/** Stops or restarts a daemon. Resolves with how long its stop lasted by systemd's clock, in milliseconds. */
export async function stopped(
  container: Container,
  daemon: Daemon,
  verb: "stop" | "restart",
): Promise<number> {
  const unit = `fjmcp-${daemon}.service`;
  await container.run(["systemctl", verb, unit]);
  const at = async (property: string) =>
    Number(await container.run(["systemctl", "show", "--value", "-p", property, unit]));
  const [began, ended] = [
    await at("ActiveExitTimestampMonotonic"),
    await at("InactiveEnterTimestampMonotonic"),
  ];
  return (ended - began) / 1000;
}

/** The values of these properties, one unit after the other. */
async function show(container: Container, properties: string): Promise<string> {
  const units = ["fjmcp-auth.service", "fjmcp-session.service"];
  return await container.run(["systemctl", "show", "--value", "-p", properties, ...units]);
}
