import t from "tap";
import { replaceMethod } from "../../../src/provider/overrides/replace-method.ts";

class Base {
  greet(name: string) {
    return `${this.constructor.name} greets ${name}`;
  }
}
class Derived extends Base {}

t.test("replaces a method of one class, which may be inherited, and gives it the original", async (t) => {
  replaceMethod<Derived, [string], string>(
    Derived.prototype,
    "greet",
    (greet) =>
      function (name) {
        return `${greet.call(this, name)} twice`;
      },
  );
  t.equal(new Derived().greet("you"), "Derived greets you twice");
  t.equal(new Base().greet("you"), "Base greets you");
});

t.test("throws where there is no such method", async (t) => {
  const replace = (name: string) => replaceMethod(Object.assign(new Base(), { x: 1 }), name, () => () => 0);
  for (const name of ["vanished", "x"])
    t.throws(() => replace(name), { message: `oidc-provider has no ${name}` });
});
