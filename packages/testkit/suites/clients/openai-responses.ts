import { z } from "zod";
import type { ModelApi, ModelStep, ModelTool } from "./model-turn.ts";

const namedTool = z.object({ type: z.literal("function"), name: z.string() });
/** Codex groups the tools of an MCP server. */
const namespace = z.object({ type: z.literal("namespace"), name: z.string(), tools: z.array(z.unknown()) });
const output = z.object({
  type: z.literal("function_call_output"),
  output: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]),
});
const requestBody = z.object({
  stream: z.boolean().optional(),
  tools: z.array(z.unknown()).optional(),
  input: z.array(z.unknown()),
});

/** The Responses API of OpenAI. */
export const openaiResponses: ModelApi = {
  path: /\/responses$/,
  readTurn(body) {
    const { stream = false, tools = [], input } = requestBody.parse(body);
    const last = output.safeParse(input.at(-1)).data?.output;
    return {
      stream,
      tools: tools.flatMap(toolsOf),
      toolResult: typeof last === "object" ? last.map(({ text = "" }) => text).join("\n") : last,
    };
  },
  respond(step, { stream }) {
    const item = itemOf(step);
    const completed = { ...response, status: "completed", output: [item] };
    if (!stream) return { body: completed };
    return {
      events: [
        { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
        { type: "response.output_item.added", output_index: 0, item },
        { type: "response.output_item.done", output_index: 0, item },
        { type: "response.completed", response: completed },
      ].map((data) => ({ event: data.type, data })),
    };
  },
};

const response = {
  id: "resp_stand_in",
  object: "response",
  created_at: 0,
  model: "stand-in",
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};

function toolsOf(given: unknown): ModelTool[] {
  const group = namespace.safeParse(given).data;
  if (group !== undefined) {
    return group.tools.flatMap(toolsOf).map(({ name }) => ({ name, namespace: group.name }));
  }
  const name = namedTool.safeParse(given).data?.name;
  return name === undefined ? [] : [{ name }];
}

function itemOf(step: ModelStep): unknown {
  if ("text" in step) {
    const content = [{ type: "output_text", text: step.text, annotations: [] }];
    return { type: "message", id: "msg_stand_in", status: "completed", role: "assistant", content };
  }
  return {
    type: "function_call",
    id: "fc_stand_in",
    call_id: "call_stand_in",
    status: "completed",
    ...step.tool,
    arguments: JSON.stringify(step.given),
  };
}
