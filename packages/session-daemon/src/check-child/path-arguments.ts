import { displayText } from "@fjmcp/shared/display-text";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";

/**
 * `denied`: no client can use it. `allowed`: denied but for an exception of the administrator. `host`: its description or
 * name says that it is a file of the machine, and it is not denied. `path`: a path of some kind, mostly of a repository.
 */
type PathVerdict = "denied" | "allowed" | "host" | "path";

/** An argument of a tool that may name a file. */
export interface PathArgument {
  readonly tool: string;
  readonly argument: string;
  readonly verdict: PathVerdict;
  readonly description: string;
}

/** The names of an argument that are denied for each tool, and those that an exception allows. */
interface ArgumentRules {
  isDenied(tool: string, argument: string): boolean;
  isAllowed(tool: string, argument: string): boolean;
}

const maxDescription = 60;
const maxSchemaDepth = 16;
const hostWords =
  /\b(host|disk|file ?system|working directory|absolute path)\b|\b(local|server)('s)? (file|path|folder|director|machine)/i;
const hostName =
  /^(local|output|out|save|dest|destination|download|upload|host|absolute)_?(path|file|dir|to|folder)/i;
const pathName = /(^|_)(path|paths|file|files|filename|dir|dirs|directory|folder)($|_)/;

/** The arguments that may name a file, of a `tools/list` result's tools, in their order. */
export function pathArguments(tools: readonly unknown[], rules: ArgumentRules): PathArgument[] {
  return tools.flatMap((tool) => {
    if (!isJsonObject(tool) || typeof tool.name !== "string") return [];
    const { name, inputSchema } = tool;
    const found = new Map<string, PathArgument>();
    for (const [argument, description] of propertiesOf(inputSchema)) {
      const verdict = verdictOn(name, argument, description, rules);
      if (verdict === undefined) continue;
      found.set(argument, {
        tool: displayText(name, maxDescription),
        argument: displayText(argument, maxDescription),
        verdict,
        description: displayText(description, maxDescription),
      });
    }
    return [...found.values()];
  });
}

function verdictOn(
  tool: string,
  argument: string,
  description: string,
  rules: ArgumentRules,
): PathVerdict | undefined {
  if (rules.isDenied(tool, argument)) return "denied";
  if (rules.isAllowed(tool, argument)) return "allowed";
  const snake = argument.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  const isPath = pathName.test(snake);
  if (hostName.test(argument) || (isPath && hostWords.test(description))) return "host";
  return isPath ? "path" : undefined;
}

/** Name and description of each property of a JSON schema, at any depth. */
function propertiesOf(schema: unknown, depth = 0): [name: string, description: string][] {
  if (depth > maxSchemaDepth) return [];
  if (Array.isArray(schema)) return schema.flatMap((each) => propertiesOf(each, depth + 1));
  if (!isJsonObject(schema)) return [];
  const { properties, ...others } = schema;
  const own = isJsonObject(properties) ? Object.entries(properties) : [];
  return [
    ...own.map(([name, property]): [string, string] => [name, descriptionOf(property)]),
    ...own.flatMap(([, property]) => propertiesOf(property, depth + 1)),
    ...propertiesOf(Object.values(others), depth + 1),
  ];
}

function descriptionOf(property: unknown): string {
  const description = isJsonObject(property) ? property.description : undefined;
  return typeof description === "string" ? description : "";
}
