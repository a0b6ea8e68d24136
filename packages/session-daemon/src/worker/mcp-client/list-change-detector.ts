import { createHash } from "node:crypto";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { requestChild } from "./child-request.ts";
import type { Worker } from "../child/worker.ts";
import type { ListKind } from "../call.ts";

/** What the lists of a grant's workers looked like when last seen. */
export type ListDigests = Map<ListKind, string>;

const kinds: readonly ListKind[] = ["tools", "resources", "prompts"];
/** Some children say that a list has changed whenever they have started. */
const settlingMs = 2_000;
const maxPages = 50;

/**
 * Tells when a list of one worker really has changed. Its lists are looked at once at its start and compared with
 * those of the grant's earlier worker. In the first two seconds the child's own word only makes us look again; later
 * it is believed.
 */
export class ListChangeDetector {
  readonly #worker: Worker;
  readonly #digests: ListDigests;
  readonly #tell: (kind: ListKind) => void;
  readonly #startedAtMs = performance.now();
  readonly #looking = new Map<ListKind, { again: boolean }>();

  constructor(worker: Worker, digests: ListDigests, tell: (kind: ListKind) => void) {
    this.#worker = worker;
    this.#digests = digests;
    this.#tell = tell;
  }

  /** Looks at every list that the child says may change. */
  start(capabilities: InitializeResult["capabilities"]): void {
    for (const kind of kinds) if (capabilities[kind]?.listChanged === true) void this.#look(kind, true);
  }

  /** The child said so. */
  changed(kind: ListKind): void {
    const isSettling = performance.now() - this.#startedAtMs < settlingMs;
    if (!isSettling) this.#tell(kind);
    void this.#look(kind, isSettling);
  }

  async #look(kind: ListKind, tellsDifference: boolean): Promise<void> {
    const running = this.#looking.get(kind);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const look = { again: false };
    this.#looking.set(kind, look);
    const digest = await listDigest(this.#worker, kind).catch(() => undefined);
    this.#looking.delete(kind);
    if (digest === undefined || !this.#worker.isOpen) return;
    const before = this.#digests.get(kind);
    this.#digests.set(kind, digest);
    if (tellsDifference && before !== undefined && before !== digest) this.#tell(kind);
    if (look.again) void this.#look(kind, tellsDifference);
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
