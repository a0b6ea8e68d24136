import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type ClientCapabilities,
  type InputRequests,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { formWith } from "./elicitations.ts";
import { promptResult } from "./prompts.ts";
import { textResult } from "./text-result.ts";

/** Makes an opaque state of this content, which no client can change unnoticed. */
type Mint = (content: Record<string, unknown>) => Promise<string>;
type Round = (
  mcpReq: ServerContext["mcpReq"],
) => Promise<InputRequiredResult | ReturnType<typeof textResult>>;

const elicitName = () =>
  inputRequired.elicit({ message: "What is your name?", requestedSchema: formWith("name", "string") });
const elicitConfirmation = () =>
  inputRequired.elicit({ message: "Please confirm", requestedSchema: formWith("ok", "boolean") });
const sample = (prompt: string) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: prompt } }],
    maxTokens: 100,
  });

/** Registers the suite's tools that need input of the client before they complete (2026-07-28, multi round-trip). */
export function registerInputTools(mcp: McpServer, mint: Mint): void {
  for (const [name, round] of Object.entries(rounds(mint))) {
    const config = { description: "Asks for input", inputSchema: z.object({}) };
    mcp.registerTool(`test_input_required_result_${name}`, config, (_, { mcpReq }) => round(mcpReq));
  }
}

/** Registers the suite's prompt that elicits a text before it is given. */
export function registerInputPrompt(mcp: McpServer): void {
  mcp.registerPrompt("test_input_required_result_prompt", { description: "Asks for input" }, (context) => {
    const { mcpReq } = context;
    const text = acceptedContent<{ context: string }>(mcpReq.inputResponses, "user_context")?.context;
    if (text !== undefined) return promptResult({ contents: () => [{ type: "text", text }] }, {});
    const requestedSchema = formWith("context", "string");
    return inputRequired({
      inputRequests: { user_context: inputRequired.elicit({ message: "Which context?", requestedSchema }) },
    });
  });
}

function rounds(mint: Mint): Record<string, Round> {
  return {
    elicitation: async ({ inputResponses }) => {
      const name = acceptedContent<{ name: string }>(inputResponses, "user_name")?.name;
      if (typeof name === "string") return textResult(`Hello, ${name}!`);
      return inputRequired({ inputRequests: { user_name: elicitName() } });
    },
    sampling: async ({ inputResponses }) => {
      const sampled = inputResponses?.capital_question;
      if (sampled !== undefined) return textResult(`Sampling response: ${JSON.stringify(sampled)}`);
      return inputRequired({
        inputRequests: { capital_question: sample("What is the capital of France?") },
      });
    },
    list_roots: async ({ inputResponses }) => {
      const roots = rootsIn(inputResponses?.client_roots);
      if (roots !== undefined) return textResult(`Roots: ${roots.map(({ uri }) => uri).join(", ")}`);
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
    request_state: async ({ inputResponses, requestState }) => {
      const confirmed = acceptedContent(inputResponses, "confirm") !== undefined;
      if (confirmed && requestState() !== undefined)
        return textResult("state-ok: confirmed, and the state is intact");
      return inputRequired({
        inputRequests: { confirm: elicitConfirmation() },
        requestState: await mint({ tool: "request_state" }),
      });
    },
    tampered_state: async ({ inputResponses, requestState }) => {
      const confirmed = acceptedContent(inputResponses, "confirm") !== undefined;
      if (confirmed && requestState() !== undefined) return textResult("integrity-ok: the state is intact");
      return inputRequired({
        inputRequests: { confirm: elicitConfirmation() },
        requestState: await mint({ tool: "tampered_state" }),
      });
    },
    multiple_inputs: async ({ inputResponses: given }) => {
      const name = acceptedContent<{ name: string }>(given, "user_name")?.name;
      const roots = rootsIn(given?.client_roots);
      if (name !== undefined && roots !== undefined && given?.greeting !== undefined)
        return textResult(`Hello ${name}, of ${roots.length} roots`);
      return inputRequired({
        inputRequests: {
          user_name: elicitName(),
          greeting: sample("Generate a greeting"),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await mint({ tool: "multiple_inputs" }),
      });
    },
    multi_round: async ({ inputResponses, requestState }) => {
      const state = requestState<{ round: number; name?: string | undefined }>();
      if (state === undefined) {
        return inputRequired({
          inputRequests: { step1: elicitName() },
          requestState: await mint({ round: 1 }),
        });
      }
      if (state.round === 1) {
        const name = acceptedContent<{ name: string }>(inputResponses, "step1")?.name;
        const requestedSchema = formWith("color", "string");
        return inputRequired({
          inputRequests: { step2: inputRequired.elicit({ message: "Which colour?", requestedSchema }) },
          requestState: await mint({ round: 2, name }),
        });
      }
      const colour = acceptedContent<{ color: string }>(inputResponses, "step2")?.color;
      return textResult(`${state.name} likes ${colour}`);
    },
    capabilities: async ({ inputResponses, envelope }) => {
      if (inputResponses !== undefined) return textResult("All input is there");
      const declared = (envelope as Record<string, ClientCapabilities> | undefined)?.[
        CLIENT_CAPABILITIES_META_KEY
      ];
      const inputRequests: InputRequests = {
        ...(declared?.elicitation !== undefined && { user_name: elicitName() }),
        ...(declared?.sampling !== undefined && { greeting: sample("Generate a greeting") }),
        ...(declared?.roots !== undefined && { client_roots: inputRequired.listRoots() }),
      };
      if (Object.keys(inputRequests).length === 0) return textResult("The client has no such capability");
      return inputRequired({ inputRequests });
    },
  };
}

function rootsIn(response: unknown): { uri: string }[] | undefined {
  const { roots } = (response ?? {}) as { roots?: { uri: string }[] };
  return roots;
}
