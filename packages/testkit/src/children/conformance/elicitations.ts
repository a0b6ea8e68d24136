import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";

type Form = ElicitRequestFormParams["requestedSchema"];

interface Elicitation {
  readonly description: string;
  readonly message: string;
  readonly requestedSchema: Form;
}

/** A form with one required field. */
export function formWith(field: string, type: "string" | "boolean"): Form {
  const properties = { [field]: type === "string" ? { type } : { type } };
  return { type: "object", properties, required: [field] };
}

const choices = ["option1", "option2", "option3"];

/** The suite's tools that send `elicitation/create` with a constant form, and return what the user chose. */
export const elicitations: Readonly<Record<string, Elicitation>> = {
  test_elicitation_sep1034_defaults: {
    description: "Elicits a form with default values of each primitive type",
    message: "Please review and update the form fields with defaults",
    requestedSchema: {
      type: "object",
      properties: {
        name: { type: "string", description: "User name", default: "John Doe" },
        age: { type: "integer", description: "User age", default: 30 },
        score: { type: "number", description: "User score", default: 95.5 },
        status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
        verified: { type: "boolean", description: "Verification status", default: true },
      },
      required: [],
    },
  },
  test_elicitation_sep1330_enums: {
    description: "Elicits a form with each kind of choice",
    message: "Please select options from the enum fields",
    requestedSchema: {
      type: "object",
      properties: {
        untitledSingle: { type: "string", enum: choices },
        titledSingle: { type: "string", oneOf: titled("value1", "value2", "value3") },
        legacyEnum: { type: "string", enum: ["opt1", "opt2", "opt3"], enumNames: ["One", "Two", "Three"] },
        untitledMulti: { type: "array", minItems: 1, maxItems: 3, items: { type: "string", enum: choices } },
        titledMulti: {
          type: "array",
          minItems: 1,
          maxItems: 3,
          items: { anyOf: titled("value1", "value2") },
        },
      },
      required: [],
    },
  },
};

function titled(...values: readonly string[]) {
  return values.map((value) => ({ const: value, title: `Choice ${value}` }));
}
