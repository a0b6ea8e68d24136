import { z } from "zod";
import type { ModelApi, ModelStep } from "./model-turn.ts";

const functionResponse = z.object({ functionResponse: z.object({ response: z.unknown() }) });
const requestBody = z.object({
  tools: z
    .array(z.object({ functionDeclarations: z.array(z.object({ name: z.string() })).optional() }))
    .optional(),
  contents: z.array(z.object({ parts: z.array(z.unknown()).optional() })),
});

/** The API of Gemini: generateContent and, for a stream, streamGenerateContent. */
export const geminiContent: ModelApi = {
  path: /:(?:streamG|g)enerateContent$/,
  readTurn(body, path) {
    const { tools = [], contents } = requestBody.parse(body);
    const result = functionResponse.safeParse(contents.at(-1)?.parts?.at(-1)).data?.functionResponse;
    return {
      stream: path.endsWith(":streamGenerateContent"),
      tools: tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations),
      toolResult: result && resultText(result.response),
    };
  },
  respond(step, { stream }) {
    const body = responseOf(step);
    return stream ? { events: [{ data: body }] } : { body };
  },
};

function resultText(given: unknown): string {
  const { output, error } =
    z.object({ output: z.string().optional(), error: z.string().optional() }).safeParse(given).data ?? {};
  return output ?? error ?? JSON.stringify(given);
}

function responseOf(step: ModelStep): unknown {
  const part =
    "text" in step ? { text: step.text } : { functionCall: { name: step.tool.name, args: step.given } };
  return {
    candidates: [{ index: 0, content: { role: "model", parts: [part] }, finishReason: "STOP" }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: "stand-in",
  };
}
