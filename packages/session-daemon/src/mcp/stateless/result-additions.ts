import { chunksInclude, type Chunks } from "../../jsonrpc/chunks.ts";
import { objectMembers, skipWhiteSpace, type MemberSpan } from "../../jsonrpc/object-members.ts";
import type { MemberPosition } from "../../jsonrpc/response-member.ts";
import { metaKeys } from "../../meta-keys.ts";

/**
 * What every result has in a stateless revision, as JSON text: `resultType`, the server's name in `_meta`, and for
 * cacheable methods `ttlMs` and `cacheScope` (MCP 2026-07-28, "ResultType", "Per-response protocol fields", "Caching").
 */
export class ResultAdditions {
  readonly #isCacheable: boolean;
  readonly #serverInfoJson: string | undefined;
  /** All members, and the needles that show that a result may have one of them. */
  readonly #all: Buffer;
  readonly #needles: readonly Buffer[];

  /** `serverInfoJson` is JSON text; undefined while the server's name is not known. */
  constructor(isCacheable: boolean, serverInfoJson: string | undefined) {
    this.#isCacheable = isCacheable;
    this.#serverInfoJson = serverInfoJson;
    this.#all = Buffer.from(
      [
        complete,
        ...(isCacheable ? [ttl, scope] : []),
        ...(serverInfoJson === undefined ? [] : [`"_meta":{${serverInfoMember(serverInfoJson)}}`]),
      ].join(","),
    );
    this.#needles = ["resultType", "_meta", ...(isCacheable ? ["ttlMs", "cacheScope"] : [])].map((key) =>
      Buffer.from(`"${key}"`),
    );
  }

  /**
   * The response with the members that its result lacks. What the result has stays, but a `ttlMs` or `cacheScope` that
   * would let others reuse it is replaced: results belong to one user. A result that is no object stays as it is.
   */
  addTo(chunks: readonly Buffer[], { chunkIndex, at }: MemberPosition): readonly Buffer[] {
    if (this.#needles.some((needle) => chunksInclude(chunks as Chunks, needle))) {
      return this.#addMissing(Buffer.concat(chunks), offsetOf(chunks, chunkIndex) + at);
    }
    const holder = chunks[chunkIndex];
    if (holder?.[at] !== openingBrace)
      return this.#addMissing(Buffer.concat(chunks), offsetOf(chunks, chunkIndex) + at);
    const next = holder[at + 1];
    // Almost always the first key of the result; else the general way finds out.
    if (next !== quote) return this.#addMissing(Buffer.concat(chunks), offsetOf(chunks, chunkIndex) + at);
    return [
      ...chunks.slice(0, chunkIndex),
      holder.subarray(0, at + 1),
      this.#all,
      comma,
      holder.subarray(at + 1),
      ...chunks.slice(chunkIndex + 1),
    ];
  }

  #addMissing(response: Buffer, start: number): readonly Buffer[] {
    // Latin-1 keeps every byte as one character.
    const text = response.toString("latin1");
    const opening = skipWhiteSpace(text, start);
    if (text.charCodeAt(opening) !== openingBrace) return [response];
    const members = objectMembers(text, opening);
    const source = (span: MemberSpan) => text.slice(span.start, span.end);
    const added: string[] = [];
    const edits: Edit[] = [];
    const resultType = members.get("resultType");
    if (resultType === undefined) added.push(complete);
    if (this.#isCacheable && (resultType === undefined || source(resultType) === '"complete"')) {
      const ttlMs = members.get("ttlMs");
      if (ttlMs === undefined) added.push(ttl);
      else if (!/^\d{1,15}$/.test(source(ttlMs))) edits.push({ ...ttlMs, text: "0" });
      const cacheScope = members.get("cacheScope");
      if (cacheScope === undefined) added.push(scope);
      else if (source(cacheScope) !== '"private"') edits.push({ ...cacheScope, text: '"private"' });
    }
    if (this.#serverInfoJson !== undefined) {
      const member = serverInfoMember(this.#serverInfoJson);
      const meta = members.get("_meta");
      if (meta === undefined) added.push(`"_meta":{${member}}`);
      else if (text.charCodeAt(meta.start) === openingBrace) {
        const inner = objectMembers(text, meta.start);
        if (!inner.has(metaKeys.serverInfo)) edits.push(insertion(meta.start + 1, [member], inner.size > 0));
      }
    }
    edits.push(insertion(opening + 1, added, members.size > 0));
    return apply(response, edits);
  }
}

const complete = '"resultType":"complete"';
const ttl = '"ttlMs":0';
const scope = '"cacheScope":"private"';
const comma = Buffer.from(",");
const quote = 0x22;
const openingBrace = 0x7b;

function serverInfoMember(serverInfoJson: string): string {
  return `"${metaKeys.serverInfo}":${serverInfoJson}`;
}

function offsetOf(chunks: readonly Buffer[], chunkIndex: number): number {
  return chunks.slice(0, chunkIndex).reduce((sum, { length }) => sum + length, 0);
}

/** A replacement of the bytes of a span. */
interface Edit extends MemberSpan {
  readonly text: string;
}

function insertion(at: number, members: readonly string[], hasOthers: boolean): Edit {
  const text = members.join(",");
  return { start: at, end: at, text: hasOthers && text !== "" ? `${text},` : text };
}

function apply(bytes: Buffer, edits: readonly Edit[]): Buffer[] {
  const chunks: Buffer[] = [];
  let done = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    chunks.push(bytes.subarray(done, start), Buffer.from(text));
    done = end;
  }
  return [...chunks, bytes.subarray(done)];
}
