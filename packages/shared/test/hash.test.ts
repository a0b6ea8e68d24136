import t from "tap";
import { sha256Hex } from "../src/hash.ts";

t.equal(
  sha256Hex("abc"),
  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  "the FIPS 180-4 vector, in lower-case hex",
);
