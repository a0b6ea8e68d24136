import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { fetchFailure } from "@fjmcp/shared/net/fetch-failure";
import { parseTar } from "nanotar";
import { CommandError } from "../command-error.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";

/** The release of forgejo-mcp that its tool table was made of. */
export const defaultChildRelease = "2.34.1";
const releases = "https://git.b4mad.industries/agentic-forges/forgejo-mcp/releases/download";
const timeoutMs = 300_000;
const maxBytes = 200 * 1024 * 1024;

/** By Node's name of the architecture: Go's, and the machine in an ELF header (elf(5), e_machine). */
const architectures: Readonly<Record<string, { goName: string; elfMachine: number }>> = {
  x64: { goName: "amd64", elfMachine: 62 },
  arm64: { goName: "arm64", elfMachine: 183 },
};

/** Where forgejo-mcp publishes this release for this machine's architecture. */
export function childReleaseUrl(release: string): string {
  const version = release.replace(/^v/, "");
  const { goName } = architectures[process.arch] ?? { goName: process.arch };
  return `${releases}/v${version}/forgejo-mcp_${version}_linux_${goName}.tar.gz`;
}

export interface ChildRelease {
  /** The executable file. */
  readonly program: Buffer;
  /** The SHA-256 of the program, in hex. */
  readonly programDigest: string;
  /** That of what was downloaded, which the release's page names: the program, or the archive around it. */
  readonly digest: string;
}

/**
 * Downloads a release: an executable file for this machine, or a .tar.gz with one. Rejects with CommandError when it is
 * something else, or cannot be downloaded.
 */
export async function downloadChildRelease(url: string): Promise<ChildRelease> {
  const content = await download(url);
  const program = isGzip(content) ? programOf(url, content) : content;
  if (!isExecutable(program)) throw unusable(url, "is neither an executable of Linux nor a .tar.gz with one");
  if (program.readUInt16LE(18) !== architectures[process.arch]?.elfMachine)
    throw unusable(url, `is for another architecture than ${process.arch}`);
  return { program, programDigest: sha256(program), digest: sha256(content) };
}

async function download(url: string): Promise<Buffer> {
  try {
    return await contentOf(url, await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }));
  } catch (error) {
    throw error instanceof CommandError ? error : notDownloaded(url, fetchFailure(error));
  }
}

async function contentOf(url: string, response: Response): Promise<Buffer> {
  if (!response.ok || response.body === null) throw notDownloaded(url, `status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw unusable(url, `is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The program in an archive: its only executable of Linux, or of several the one of the name forgejo-mcp. */
function programOf(url: string, archive: Buffer): Buffer {
  const programs = unpacked(url, archive).filter(({ data }) => isExecutable(data));
  const named = programs.find(({ name }) => name.split("/").at(-1) === "forgejo-mcp");
  const chosen = named ?? (programs.length === 1 ? programs[0] : undefined);
  if (chosen === undefined) throw unusable(url, `has ${programs.length} executables of Linux in it, not one`);
  return chosen.data;
}

function unpacked(url: string, archive: Buffer): { name: string; data: Buffer }[] {
  try {
    // Of a Buffer that is a part of a larger one, parseTar would read the larger one.
    const tar = new Uint8Array(gunzipSync(archive, { maxOutputLength: maxBytes }));
    return parseTar(tar).map(({ name, data }) => ({ name, data: Buffer.from(data ?? "") }));
  } catch (error) {
    throw unusable(url, `cannot be unpacked (${(error as Error).message})`);
  }
}

function isGzip(content: Buffer): boolean {
  return content[0] === 0x1f && content[1] === 0x8b;
}

function isExecutable(content: Buffer): boolean {
  return content.length > 64 && content.subarray(0, 4).toString("latin1") === "\u007fELF";
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function notDownloaded(url: string, why: string): CommandError {
  return unusable(url, `cannot be downloaded (${why})`, exitCodes.unavailable);
}

function unusable(url: string, why: string, code: ExitCode = exitCodes.configuration): CommandError {
  return new CommandError(
    code,
    `${url} ${why}.`,
    "Give the URL of the release of forgejo-mcp for this machine. Nothing was installed.",
  );
}
