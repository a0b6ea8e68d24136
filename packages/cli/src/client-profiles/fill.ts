import type { Parameters } from "./client-profile.ts";

/** What the texts of a profile stand for. */
export interface Placeholders {
  readonly resource: string;
  readonly scopes: string;
}

/** The value with every `{resource}` and `{scopes}` in its texts replaced. */
export function fill<Value>(value: Value, { resource, scopes }: Placeholders): Value {
  const text = JSON.stringify(value);
  return JSON.parse(text.replaceAll("{resource}", resource).replaceAll("{scopes}", scopes)) as Value;
}

/** Parameters as names and values, those with a list several times. */
export function pairs(parameters: Parameters): [name: string, value: string][] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
}
