import { z } from "zod";
import type { ModelApi, ModelStep } from "./model-turn.ts";

const content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).nullish();
const requestBody = z.object({
  stream: z.boolean().optional(),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).optional(),
  messages: z.array(z.object({ role: z.string(), content })),
});

/** The Chat Completions API of OpenAI, which many providers have. */
export const openaiChat: ModelApi = {
  path: /\/chat\/completions$/,
  readTurn(body) {
    const { stream = false, tools = [], messages } = requestBody.parse(body);
    const last = messages.at(-1);
    return {
      stream,
      tools: tools.map((tool) => ({ name: tool.function.name })),
      toolResult: last?.role === "tool" ? textOf(last.content) : undefined,
    };
  },
  respond(step, { stream }) {
    const message = { role: "assistant", ...messageOf(step) };
    const finish_reason = "text" in step ? "stop" : "tool_calls";
    if (!stream) {
      const choices = [{ index: 0, message, finish_reason }];
      return { body: { ...completion, object: "chat.completion", choices } };
    }
    const chunk = { ...completion, object: "chat.completion.chunk" };
    return {
      events: [
        { data: { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] } },
        { data: { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] } },
        { data: "[DONE]" },
      ],
    };
  },
};

const completion = {
  id: "chatcmpl_stand_in",
  created: 0,
  model: "stand-in",
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

function textOf(given: z.infer<typeof content>): string {
  if (typeof given === "string") return given;
  return (given ?? []).map(({ text = "" }) => text).join("\n");
}

function messageOf(step: ModelStep): object {
  if ("text" in step) return { content: step.text };
  const called = { name: step.tool.name, arguments: JSON.stringify(step.given) };
  return {
    content: null,
    tool_calls: [{ index: 0, id: "call_stand_in", type: "function", function: called }],
  };
}
