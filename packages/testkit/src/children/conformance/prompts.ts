import { redPixel } from "./media.ts";

type Content =
  | { type: "text"; text: string }
  | { type: "image"; data: string; mimeType: string }
  | { type: "resource"; resource: { uri: string; mimeType: string; text: string } };

interface Prompt {
  readonly description: string;
  /** Names of its arguments, all of them required. */
  readonly arguments: readonly string[];
  /** What the user says. */
  readonly contents: (given: Readonly<Record<string, string>>) => Content[];
}

/** The suite's prompts by name. */
export const prompts: Readonly<Record<string, Prompt>> = {
  test_simple_prompt: {
    description: "A prompt without arguments",
    arguments: [],
    contents: () => [{ type: "text", text: "This is a simple prompt for testing." }],
  },
  test_prompt_with_arguments: {
    description: "A prompt with arguments",
    arguments: ["arg1", "arg2"],
    contents: ({ arg1, arg2 }) => [
      { type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` },
    ],
  },
  test_prompt_with_embedded_resource: {
    description: "A prompt with a resource",
    arguments: ["resourceUri"],
    contents: ({ resourceUri = "" }) => [
      {
        type: "resource",
        resource: {
          uri: resourceUri,
          mimeType: "text/plain",
          text: "Embedded resource content for testing.",
        },
      },
      { type: "text", text: "Please process the embedded resource above." },
    ],
  },
  test_prompt_with_image: {
    description: "A prompt with an image",
    arguments: [],
    contents: () => [
      { type: "image", data: redPixel, mimeType: "image/png" },
      { type: "text", text: "Please analyze the image above." },
    ],
  },
};

/** The result of `prompts/get`. */
export function promptResult(prompt: Pick<Prompt, "contents">, given: Readonly<Record<string, string>>) {
  return { messages: prompt.contents(given).map((content) => ({ role: "user" as const, content })) };
}
