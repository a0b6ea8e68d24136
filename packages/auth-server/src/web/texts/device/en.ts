import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Connect a device",
  heading: "Connect a device or a program",
  intro: "A device or a program without a browser shows a code and waits. Enter the code here.",
  introFilledIn: "Compare this code with the one that your device or program shows.",
  label: "Code",
  confirm: "My device shows this code",
  confirmAbout: "I have started this there myself, just now.",
  submit: "Continue",
  warning:
    "Continue only if you have started this yourself. If the code came to you in a message, a mail or a call, close this page: it would connect the device of a stranger to your account.",
  after: "Next you see what asks for access, and decide.",
  tokenNamed: "A personal token, for a program that runs without you, named",
  waitsWith: "Waits elsewhere, with the code",
  consentWarning:
    "Allow it only if you have started it yourself, and it shows exactly this code. A code that someone sent you would give a stranger your access.",
  faults: {
    unknown_code:
      "There is no such code. Compare it with your device; after ten minutes a code expires, and the device needs a new one.",
    not_confirmed: "Nothing was connected yet. Tick the box if your device shows this code.",
    expired: "This page was open for too long, or your browser did not keep its cookie. Try again.",
  },
  paused: {
    title: "Too many wrong codes",
    detail: "This browser has sent several codes that do not exist.",
    advice: (wait) => `Wait ${wait}, start again on your device, and enter its new code.`,
  },
  results: {
    granted: {
      title: "Connected",
      detail: "You can close this page. Your device goes on by itself within a few seconds.",
    },
    access_denied: {
      title: "Not allowed",
      detail: "Nothing was connected, and the device has been informed. You can close this page.",
    },
    temporarily_unavailable: {
      title: "Not connected yet",
      detail: "Forgejo did not complete the sign-in. Try again in a moment: your device still waits.",
    },
    server_error: {
      title: "Not connected",
      detail:
        "This server and Forgejo do not work together at present. Tell the administrator, and try again later.",
    },
  },
  enterAgain: "Enter the code again",
};
