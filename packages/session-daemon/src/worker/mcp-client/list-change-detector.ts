import { createHash } from "node:crypto";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { ListKind } from "../call.ts";
import type { Worker } from "../child/worker.ts";
import { requestChild } from "./child-request.ts";

/** The last known digest of each list of a grant, over all its workers. */
export type ListDigests = Map<ListKind, string>;

const kinds: readonly ListKind[] = ["tools", "resources", "prompts"];
/** Some children notify of changed lists whenever they have started. */
const settlingMs = 2_000;
const maxPages = 50;

/**
 * Finds out when a list of one worker really has changed. Each list is read once after the start and compared with that
 * of the grant's earlier worker. In the first two seconds a notification of the child only makes the detector read the
 * list again; later it is forwarded.
 */
export class ListChangeDetector {
  readonly #worker: Worker;
  readonly #digests: ListDigests;
  readonly #onChange: (kind: ListKind) => void;
  readonly #startedAtMs = performance.now();
  readonly #reading = new Map<ListKind, { again: boolean }>();

  /** `digests` belongs to the grant, and is updated. */
  constructor(worker: Worker, digests: ListDigests, onChange: (kind: ListKind) => void) {
    this.#worker = worker;
    this.#digests = digests;
    this.#onChange = onChange;
  }

  /** Reads every list that may change by the child's capabilities. */
  start(capabilities: InitializeResult["capabilities"]): void {
    for (const kind of kinds) if (capabilities[kind]?.listChanged === true) void this.#read(kind, true);
  }

  /** To be called for each `list_changed` notification of the child. */
  onListChanged(kind: ListKind): void {
    const isSettling = performance.now() - this.#startedAtMs < settlingMs;
    if (!isSettling) this.#onChange(kind);
    void this.#read(kind, isSettling);
  }

  async #read(kind: ListKind, reportsDifference: boolean): Promise<void> {
    const running = this.#reading.get(kind);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const reading = { again: false };
    this.#reading.set(kind, reading);
    const digest = await listDigest(this.#worker, kind).catch(() => undefined);
    this.#reading.delete(kind);
    if (digest === undefined || this.#worker.state !== "open") return;
    const before = this.#digests.get(kind);
    this.#digests.set(kind, digest);
    if (reportsDifference && before !== undefined && before !== digest) this.#onChange(kind);
    if (reading.again) void this.#read(kind, reportsDifference);
  }
}

async function listDigest(worker: Worker, kind: ListKind): Promise<string> {
  const hash = createHash("sha256");
  let cursor: unknown;
  for (let page = 0; page < maxPages; page++) {
    const result = await requestChild(worker, `${kind}/list`, cursor === undefined ? {} : { cursor });
    hash.update(JSON.stringify(result));
    cursor = (result as { nextCursor?: unknown }).nextCursor;
    if (typeof cursor !== "string") break;
  }
  return hash.digest("hex");
}
