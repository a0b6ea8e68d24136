import { writeSync } from "node:fs";
import type { Log } from "../log.ts";

/** How often the status is renewed when no watchdog has to be fed. */
const statusIntervalMs = 15_000;

/** The service manager that started this process (sd_notify(3)). Without one, no method does anything. */
interface ServiceManager {
  /** A line for `systemctl status`. */
  report(status: string): void;
  /**
   * The start is complete. From now on the watchdog is fed, by a timer alone, so that it fires when the event loop hangs
   * and for nothing else. With each beat `status` is asked, which may hang; its line is sent once it is known.
   */
  ready(status: () => Promise<string>): void;
  stopping(): void;
}

/**
 * Removes the variables of sd_notify(3) and sd_watchdog_enabled(3) from `env`. `NOTIFY_FD` is the number of a connected
 * descriptor of the notification socket (deploy/debian/files/with-notify-socket): Node has no datagrams on unix sockets.
 */
export function takeServiceManager(env: Record<string, string | undefined>, log: Log): ServiceManager {
  const { NOTIFY_FD: descriptor, NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdogUsec } = env;
  for (const name of ["NOTIFY_FD", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete env[name];
  const logFailure = (cause: string) =>
    log.error({ event: "service.notify_failed", cause }, "systemd cannot be notified");
  if (descriptor === undefined) {
    if (socket !== undefined) logFailure("start the daemon by /usr/lib/fjmcp/with-notify-socket");
    return { report() {}, ready() {}, stopping() {} };
  }

  let hasFailed = false;
  /** One write is one message. What is lost because systemd is busy (EAGAIN) is repeated with the next beat. */
  const notify = (...assignments: readonly string[]) => {
    try {
      writeSync(Number(descriptor), assignments.join("\n"));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (hasFailed || code === "EAGAIN") return;
      hasFailed = true;
      logFailure(message);
    }
  };
  let beat: NodeJS.Timeout | undefined;
  let isStopping = false;
  return {
    report: (status) => notify(`STATUS=${status}`),
    ready(status) {
      let isAsking = false;
      const reportStatus = async () => {
        if (isAsking) return;
        isAsking = true;
        const text = await status().catch((error: unknown) => (error as Error).message);
        isAsking = false;
        if (!isStopping) notify(`STATUS=Serving. ${text}`);
      };
      // A third: one beat may be lost. READY=1 is repeated, since without it the unit would stay in its start.
      const alive = watchdogUsec === undefined ? ["READY=1"] : ["READY=1", "WATCHDOG=1"];
      const intervalMs = watchdogUsec === undefined ? statusIntervalMs : Number(watchdogUsec) / 1000 / 3;
      notify("READY=1", "STATUS=Serving");
      void reportStatus();
      beat = setInterval(() => {
        notify(...alive);
        void reportStatus();
      }, intervalMs);
    },
    stopping() {
      isStopping = true;
      clearInterval(beat);
      notify("STOPPING=1", "STATUS=Draining");
    },
  };
}
