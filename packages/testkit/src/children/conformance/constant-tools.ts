import { redPixel, silence } from "./media.ts";

interface ConstantTool {
  readonly description: string;
  readonly content: (TextContent | MediaContent | ResourceContent)[];
}

interface TextContent {
  type: "text";
  text: string;
}

interface MediaContent {
  type: "image" | "audio";
  data: string;
  mimeType: string;
}

interface ResourceContent {
  type: "resource";
  resource: { uri: string; mimeType: string; text: string };
}

const text = (value: string): TextContent => ({ type: "text", text: value });
const image: MediaContent = { type: "image", data: redPixel, mimeType: "image/png" };

/** The suite's tools that take no argument and always return the same content. */
export const constantTools: Readonly<Record<string, ConstantTool>> = {
  test_simple_text: {
    description: "Returns text",
    content: [text("This is a simple text response for testing.")],
  },
  test_image_content: { description: "Returns an image", content: [image] },
  test_audio_content: {
    description: "Returns a sound",
    content: [{ type: "audio", data: silence, mimeType: "audio/wav" }],
  },
  test_embedded_resource: {
    description: "Returns a resource",
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  },
  test_multiple_content_types: {
    description: "Returns text, an image and a resource",
    content: [
      text("Multiple content types test:"),
      image,
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: JSON.stringify({ test: "data", value: 123 }),
        },
      },
    ],
  },
  test_streaming_elicitation: {
    description: "Returns text, and sends no request of its own",
    content: [text("Only a result.")],
  },
};
