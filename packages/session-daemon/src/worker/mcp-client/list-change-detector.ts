import { hash } from "node:crypto";
import type { Clock } from "@fjmcp/shared/clock";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { listKinds, type ListKind } from "../call.ts";
import type { Worker } from "../child/worker.ts";
import { readList } from "./read-list.ts";

interface ListChangeDetectorDeps {
  readonly clock: Clock;
  /** Belongs to the grant, and is updated. */
  readonly digests: ListDigests;
  readonly onChange: (kind: ListKind) => void;
  /** The list may have changed, before that is known and reported by `onChange`. */
  readonly onStale: (kind: ListKind) => void;
  /** All pages of the tools have been read, and the child has notified of no change meanwhile. */
  readonly onToolsListed: (pages: readonly unknown[]) => void;
}

/** The last known digest of each list of a grant, over all its workers. */
export type ListDigests = Map<ListKind, string>;

interface Reading {
  /** The list has changed meanwhile. */
  again: boolean;
  /** A difference has not been forwarded yet. */
  reportsDifference: boolean;
  /** Resolves once the list has been read, whatever has changed meanwhile. */
  done: Promise<void>;
}

/** Some children notify of changed lists whenever they have started. */
const settlingMs = 2_000;
/** Before a list that changed while it was read is read again: some children notify of a change whenever they list. */
const readAgainAfterMs = 1_000;

/**
 * Finds out when a list of one worker really has changed. Each list is read once after the start and compared with that
 * of the grant's earlier worker. In the first two seconds a notification of the child only makes the detector read the
 * list again; later it is forwarded.
 */
export class ListChangeDetector {
  readonly #worker: Worker;
  readonly #deps: ListChangeDetectorDeps;
  readonly #startedAtMs: number;
  readonly #reading = new Map<ListKind, Reading>();

  constructor(worker: Worker, deps: ListChangeDetectorDeps) {
    this.#worker = worker;
    this.#deps = deps;
    this.#startedAtMs = deps.clock();
  }

  /** Reads every list that may change by the child's capabilities, and that of tools in any case. */
  start(capabilities: InitializeResult["capabilities"]): void {
    for (const kind of listKinds) {
      const isRead = kind === "tools" ? capabilities.tools : capabilities[kind]?.listChanged;
      if (isRead) this.#read(kind, true);
    }
  }

  /** To be called for each `list_changed` notification of the child. */
  onListChanged(kind: ListKind): void {
    this.#deps.onStale(kind);
    const isSettling = this.#deps.clock() - this.#startedAtMs < settlingMs;
    if (!isSettling) this.#deps.onChange(kind);
    this.#read(kind, isSettling);
  }

  /** Resolves once the list is read that is being read now, also when that fails; at once, when none is. */
  async settled(kind: ListKind): Promise<void> {
    await this.#reading.get(kind)?.done;
  }

  #read(kind: ListKind, reportsDifference: boolean): void {
    const running = this.#reading.get(kind);
    if (running !== undefined) {
      running.again = true;
      running.reportsDifference &&= reportsDifference;
      return;
    }
    const reading: Reading = { again: false, reportsDifference, done: Promise.resolve() };
    this.#reading.set(kind, reading);
    reading.done = this.#readAndCompare(kind, reading);
  }

  #readAgain(kind: ListKind, reading: Reading): void {
    setTimeout(() => {
      this.#reading.delete(kind);
      if (this.#worker.state === "open") this.#read(kind, reading.reportsDifference);
    }, readAgainAfterMs).unref();
  }

  async #readAndCompare(kind: ListKind, reading: Reading): Promise<void> {
    const pages = await readList(this.#worker, kind).catch(() => undefined);
    if (!reading.again) this.#reading.delete(kind);
    else this.#readAgain(kind, reading);
    if (pages === undefined || this.#worker.state !== "open") return;
    const { digests, onChange, onStale, onToolsListed } = this.#deps;
    const digest = hash("sha256", JSON.stringify(pages), "hex");
    const before = digests.get(kind);
    digests.set(kind, digest);
    if (before !== undefined && before !== digest) {
      onStale(kind);
      if (reading.reportsDifference) onChange(kind);
    }
    if (!reading.again && kind === "tools") onToolsListed(pages);
  }
}
