import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { shellWord, startScript } from "../../components/shell";

const word = fc.string({ minLength: 1 }).filter((text) => !text.includes("\0"));

describe("shellWord", () => {
  it("reaches a program as it was", () => {
    fc.assert(
      fc.property(word, (text) => {
        const printed = execFileSync("/bin/sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" });
        assert.equal(printed, text);
      }),
      { numRuns: 50 },
    );
  });
});

describe("startScript", () => {
  it("becomes the program, with the environment, in the directory", () => {
    const script = startScript(["/bin/sh", "-c", 'echo "$GREETING $0 $PWD"', "it's"], {
      environment: { GREETING: "good day," },
      directory: "/usr/lib",
    });
    assert.equal(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }), "good day, it's /usr/lib\n");
  });
});
