import { fetchFailure } from "@fjmcp/shared/net/fetch-failure";
import { LRUCache } from "lru-cache";
import { ClientNotAcceptedError } from "../client-not-accepted-error.ts";
import { temporarilyUnavailable } from "../temporarily-unavailable.ts";
import { type ClientDocument, readClientDocument, requireDocumentSize } from "./client-document.ts";
import type { ClientDocumentStore } from "./client-document-store.ts";
import { allowsHost, type DocumentHosts } from "./document-hosts.ts";
import { FetchBudget } from "./fetch-budget.ts";
import { fetchPublic } from "./fetch-public.ts";
import type { FindPin } from "./pinned-documents.ts";

const maxUrlLength = 1024;
/** After a failure the host is left alone, and a kept copy is used. */
const refetchAfterSec = 60;
/** URLs whose failure, or whose copy for the fetch in progress, is remembered. */
const maxRemembered = 1_000;
/** How often documents of clients are fetched that are neither pinned nor known from before. */
const unknownFetchesPerMinute = { max: 60, maxOfHost: 20 };

interface ClientDocumentsDeps {
  readonly store: ClientDocumentStore;
  readonly findPin: FindPin;
  readonly hosts: DocumentHosts;
  readonly events: {
    /** `fallback`: what is used in its place. */
    clientDocumentUnavailable(failure: {
      host: string;
      detail: string;
      fallback: "stored" | "pinned" | "none";
    }): void;
  };
}

/** A client as the user of an authorization request sees it. */
interface AppearingClient {
  readonly url: string;
  readonly name: string | undefined;
  readonly redirectUri: string;
}

type Fallback = { readonly kind: "stored" | "pinned"; readonly text: string };
type Fetch = (url: string | URL | Request, options?: RequestInit) => Promise<Response>;

/**
 * Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document): what is behind a client id that is an
 * https URL. A fresh document comes first, then the last good one, then a pin, so that a host that is down, or that
 * responds with 403 to this server's network, locks no user out: clients that see documents advertised do not register.
 */
export class ClientDocuments {
  readonly #deps: ClientDocumentsDeps;
  readonly #budget = new FetchBudget(unknownFetchesPerMinute);
  readonly #fallbacks = new LRUCache<string, Fallback>({ max: maxRemembered });
  readonly #failed = new LRUCache<string, true>({ max: maxRemembered, ttl: refetchAfterSec * 1000 });

  constructor(deps: ClientDocumentsDeps) {
    this.#deps = deps;
  }

  /**
   * Whether this URL can identify a client; decided at every use of it, also of a cached one. Throws
   * ClientNotAcceptedError when the administrator does not accept clients of its host.
   */
  allows(url: string): boolean {
    if (!allowsHost(this.#deps.hosts, url))
      throw new ClientNotAcceptedError(
        `this client has its document at ${new URL(url).hostname}, which the administrator of this server has not allowed`,
      );
    return url.length <= maxUrlLength;
  }

  /**
   * Whether the list of this server or of its administrator has the client as it appears here: with this name and this
   * redirect URI. A fresh document at the same URL may have others, which were never reviewed.
   */
  isPinned({ url, name, redirectUri }: AppearingClient): boolean {
    const pin = this.#deps.findPin(url);
    if (pin === undefined) return false;
    const { client_name: pinnedName, redirect_uris: uris } = pin;
    return pinnedName === name && Array.isArray(uris) && uris.includes(redirectUri);
  }

  /**
   * To be called before each fetch: looks up what to use if it fails. Resolves and rejects as `allows`; also rejects with
   * `temporarily_unavailable` when there are too many fetches, or with StoreUnavailableError.
   */
  async prepare(url: string): Promise<boolean> {
    if (!this.allows(url)) return false;
    const fallback = await this.#fallback(url);
    if (fallback !== undefined) this.#fallbacks.set(url, fallback);
    else if (!this.#budget.allows(url))
      throw temporarilyUnavailable(new Error("too many unknown client documents"));
    return true;
  }

  /**
   * Fetches a document in place of `fetch`, with the same headers and signal; never from an address inside this network: the
   * guard among the options of oidc-provider closes such connections only after they were opened. Responds with the
   * normalised document, of whatever source; rejects when there is none.
   */
  readonly fetch: Fetch = async (url, options) => {
    const href = String(url instanceof Request ? url.url : url);
    const fallback = this.#fallbacks.get(href);
    if (!this.#failed.has(href)) {
      try {
        return await this.#fetchFresh(href, options);
      } catch (error) {
        this.#failed.set(href, true);
        this.#deps.events.clientDocumentUnavailable({
          host: new URL(href).host,
          detail: fetchFailure(error),
          fallback: fallback?.kind ?? "none",
        });
      }
    }
    if (fallback === undefined) throw new Error("the document cannot be read");
    return respond(fallback.text, { "cache-control": `max-age=${refetchAfterSec}` });
  };

  /** What is known of this client without its host: the last good document or a pin. Rejects with StoreUnavailableError. */
  async find(url: string): Promise<ClientDocument | undefined> {
    const known = await this.#fallback(url);
    return known && (JSON.parse(known.text) as ClientDocument);
  }

  async #fetchFresh(url: string, options?: RequestInit): Promise<Response> {
    const response = await fetchPublic(url, options);
    const text = await readText(response);
    const document = JSON.stringify(readClientDocument(text, url));
    // The response does not depend on it: without the copy, only a later failure of the host would be felt.
    await this.#deps.store.store(url, document).catch(() => undefined);
    const { headers } = response;
    return respond(document, {
      ...(headers.has("cache-control") && { "cache-control": headers.get("cache-control")! }),
      ...(headers.has("expires") && { expires: headers.get("expires")! }),
    });
  }

  async #fallback(url: string): Promise<Fallback | undefined> {
    const stored = await this.#deps.store.find(url);
    if (stored !== undefined) return { kind: "stored", text: stored };
    const pin = this.#deps.findPin(url);
    return pin && { kind: "pinned", text: JSON.stringify(pin) };
  }
}

/** A file that users upload to a site has another type: it must not speak for that site. */
const jsonType = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

async function readText(response: Response): Promise<string> {
  const fault = faultOf(response);
  if (fault !== undefined) {
    await response.body?.cancel();
    throw new Error(`its host responded with ${fault}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    requireDocumentSize(bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function faultOf({ status, headers }: Response): string | undefined {
  if (status !== 200) return `status ${status}`;
  const type = headers.get("content-type");
  return type === null || jsonType.test(type) ? undefined : `the type ${type.slice(0, 80)}`;
}

function respond(document: string, headers: Record<string, string>): Response {
  return new Response(document, { headers: { "content-type": "application/json", ...headers } });
}
