import type { ClientProfile } from "./client-profile.ts";
import { chatGpt } from "./profiles/chatgpt.ts";
import { claudeCode } from "./profiles/claude-code.ts";
import { claude } from "./profiles/claude.ts";
import { codex } from "./profiles/codex.ts";
import { copilotCli } from "./profiles/copilot-cli.ts";
import { cursor } from "./profiles/cursor.ts";
import { geminiCli } from "./profiles/gemini-cli.ts";
import { goSdk } from "./profiles/go-sdk.ts";
import { inspectorInBrowser } from "./profiles/inspector-in-browser.ts";
import { inspector } from "./profiles/inspector.ts";
import { mcpGo } from "./profiles/mcp-go.ts";
import { mcpRemote } from "./profiles/mcp-remote.ts";
import { mcporter } from "./profiles/mcporter.ts";
import { openCode } from "./profiles/open-code.ts";
import { qwenCode } from "./profiles/qwen-code.ts";
import { sdkV1 } from "./profiles/sdk-v1.ts";
import { sdkV2 } from "./profiles/sdk-v2.ts";
import { vsCode } from "./profiles/vs-code.ts";

/** All clients whose requests are known. */
export const clientProfiles: readonly ClientProfile[] = [
  claude,
  claudeCode,
  chatGpt,
  codex,
  copilotCli,
  cursor,
  vsCode,
  geminiCli,
  openCode,
  qwenCode,
  mcporter,
  mcpRemote,
  inspector,
  inspectorInBrowser,
  sdkV1,
  sdkV2,
  goSdk,
  mcpGo,
];
