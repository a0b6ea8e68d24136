import { acceptedTypes, requireJsonBody } from "../../src/http/content-negotiation.ts";
import { HttpError } from "../../src/http/http-error.ts";
import t from "tap";
import { cpuMs } from "../support/cpu-time.ts";

function isJsonBody(type: string): boolean {
  try {
    requireJsonBody({ "content-type": type });
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.status === 415) return false;
    throw error;
  }
}

t.test("reads the charset as RFC 9110 §8.3.2 specifies", async (t) => {
  for (const parameters of ["", ";", "; charset=utf-8", ';charset="UTF-8"', "; x=y ; charset = utf-8 "]) {
    t.ok(isJsonBody(`application/json${parameters}`), parameters);
  }
  for (const parameters of ["; charset=", "; charset=utf-16", '; charset="latin1"', "; charset=utf-8 x"]) {
    t.notOk(isJsonBody(`application/json${parameters}`), parameters);
  }
});

t.test("reads a header that is made to be slow as quickly as any other", async (t) => {
  const spaces = " ".repeat(200_000);
  const parameters = [
    spaces,
    `charset=${spaces}x`,
    `charset=${spaces}x y`,
    `charset${spaces}`,
    "; ".repeat(100_000),
  ];
  for (const parameter of parameters) {
    const ms = cpuMs(() => {
      isJsonBody(`application/json;${parameter}`);
      acceptedTypes(`text/html;${parameter},${parameter}`);
    });
    t.ok(ms < 2_000, parameter.slice(0, 10));
  }
});
