import { EventThrottle } from "@fjmcp/shared/event-throttle";
import type { WorkerEvents } from "../worker-events.ts";

/** Logs what a child writes and no client gets, at most once a second of each kind. */
export class LostOutputLog {
  readonly #events: WorkerEvents;
  readonly #pid: () => number | undefined;
  readonly #throttle = new EventThrottle();

  constructor(events: WorkerEvents, pid: () => number | undefined) {
    this.#events = events;
    this.#pid = pid;
  }

  /** A line that is no message, or a response to no call. */
  line(isAnyCallInFlight: boolean): void {
    if (!isAnyCallInFlight) this.#events.lineIgnored();
    else this.#throttle.log("line", ({ count }) => this.#events.outputDropped({ pid: this.#pid(), count }));
  }

  /** An error without an id: some request will have no response. */
  request(): void {
    this.#throttle.log("request", ({ count }) => this.#events.requestLost({ pid: this.#pid(), count }));
  }

  /** To be called at the end of the child. */
  flush(): void {
    this.#throttle.flush();
  }
}
