import { z } from "zod";
import type { ModelApi, ModelEvent, ModelStep } from "./model-turn.ts";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);
const toolResult = z.object({
  type: z.literal("tool_result"),
  content: z.union([z.string(), z.array(z.unknown())]).optional(),
});
const requestBody = z.object({
  stream: z.boolean().optional(),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
  messages: z.array(z.object({ role: z.string(), content })),
});

/** The Messages API of Anthropic. */
export const anthropicMessages: ModelApi = {
  path: /\/v1\/messages$/,
  readTurn(body) {
    const { stream = false, tools = [], messages } = requestBody.parse(body);
    const parts = messages.findLast(({ role }) => role === "user")?.content ?? "";
    const result =
      typeof parts === "string" ? undefined : parts.findLast(({ type }) => type === "tool_result");
    return {
      stream,
      tools: tools.map(({ name }) => ({ name })),
      toolResult: result && resultText(toolResult.parse(result).content),
    };
  },
  respond: (step, { stream }) => (stream ? { events: streamOf(step) } : { body: messageOf(step) }),
};

function resultText(given: string | readonly unknown[] = ""): string {
  if (typeof given === "string") return given;
  return given.map((part) => textPart.safeParse(part).data?.text ?? "").join("\n");
}

const message = {
  id: "msg_stand_in",
  type: "message",
  role: "assistant",
  model: "stand-in",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

function messageOf(step: ModelStep): unknown {
  const part =
    "text" in step
      ? { type: "text", text: step.text }
      : { type: "tool_use", id: "toolu_stand_in", name: step.tool.name, input: step.given };
  return { ...message, content: [part], stop_reason: stopReason(step) };
}

function streamOf(step: ModelStep): ModelEvent[] {
  const [start, delta] =
    "text" in step
      ? [
          { type: "text", text: "" },
          { type: "text_delta", text: step.text },
        ]
      : [
          { type: "tool_use", id: "toolu_stand_in", name: step.tool.name, input: {} },
          { type: "input_json_delta", partial_json: JSON.stringify(step.given) },
        ];
  return [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: start },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: stopReason(step), stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ].map((data) => ({ event: data.type, data }));
}

function stopReason(step: ModelStep): string {
  return "text" in step ? "end_turn" : "tool_use";
}
