import { foldKey } from "../jsonrpc/fold-key.ts";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";

/** Names by which the tools of known MCP servers read or write files of the host; in camel case too. */
const hostFileArguments = [
  "absolute_path",
  "dest_path",
  "destination_path",
  "download_dir",
  "download_path",
  "host_path",
  "input_file",
  "input_path",
  "local_file",
  "local_path",
  "output_dir",
  "output_directory",
  "output_file",
  "output_path",
  "save_path",
  "save_to",
  "source_file",
  "source_path",
  "upload_path",
].flatMap((name) => [name, name.replace("_", "")]);
/** Not in camel case: forgejo-mcp's `filePath` names a file of a repository, as `path` does everywhere. */
const alwaysDenied = ["file_path", ...hostFileArguments];

/** The argument chooses a file of the diff in forgejo-mcp. */
export const defaultAllowedArguments = "get_pull_request_diff.file_path";

/**
 * The arguments that no tool and no prompt gets, unless the administrator allows one of one tool. Names match at any depth
 * of the arguments and without regard to case, as Go's encoding/json matches them.
 */
export class DeniedArguments {
  readonly #denied: ReadonlySet<string>;
  /** The exceptions by tool. */
  readonly #allowed = new Map<string, Set<string>>();
  /** Whether a denied name has this length: most keys need no further look. */
  readonly #lengths: readonly boolean[];

  /** `further` names are denied beside the known ones; `allowed` has elements `tool.argument`. */
  constructor(further: readonly string[], allowed: readonly string[]) {
    const denied = [...alwaysDenied, ...further];
    this.#denied = new Set(denied.map(foldKey));
    const lengths: boolean[] = [];
    for (const { length } of denied) lengths[length] = true;
    this.#lengths = lengths;
    for (const each of allowed) {
      const dot = each.lastIndexOf(".");
      const tool = each.slice(0, dot);
      const names = this.#allowed.get(tool) ?? new Set();
      this.#allowed.set(tool, names.add(foldKey(each.slice(dot + 1))));
    }
  }

  /** The first denied argument of a `tools/call`, in lower case; undefined when there is none. */
  find(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
    const given = params?.arguments;
    if (typeof given !== "object" || given === null) return undefined;
    const tool = params?.name;
    return this.#findIn(given, typeof tool === "string" ? this.#allowed.get(tool) : undefined);
  }

  /**
   * The same for a `prompts/get` or a `completion/complete`, whose argument and context count too. The exceptions are of
   * tools alone.
   */
  findInPrompt(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
    const { arguments: given, argument, context } = params ?? {};
    const name = isJsonObject(argument) && typeof argument.name === "string" ? argument.name : "";
    return this.#match(name, undefined) ?? this.#findInNested([given, context], undefined);
  }

  /** Recursive: the parser bounds the depth. */
  #findIn(value: object, allowed: ReadonlySet<string> | undefined): string | undefined {
    if (Array.isArray(value)) {
      for (const element of value as unknown[]) {
        const found = this.#findInNested(element, allowed);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (!isJsonObject(value)) return undefined;
    for (const key in value) {
      const found = this.#match(key, allowed) ?? this.#findInNested(value[key], allowed);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #findInNested(value: unknown, allowed: ReadonlySet<string> | undefined): string | undefined {
    return typeof value === "object" && value !== null ? this.#findIn(value, allowed) : undefined;
  }

  #match(key: string, allowed: ReadonlySet<string> | undefined): string | undefined {
    if (this.#lengths[key.length] !== true) return undefined;
    const name = foldKey(key);
    return this.#denied.has(name) && allowed?.has(name) !== true ? name : undefined;
  }
}
