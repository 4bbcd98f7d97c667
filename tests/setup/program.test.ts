import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a program prints that is run as Pulumi.yaml says. */
function run(program: string): string {
  const [, options = ""] = /nodeargs: (.*)/.exec(readFileSync("Pulumi.yaml", "utf8")) ?? [];
  const prelude = `
    const pulumi = require("@pulumi/pulumi");
    const isLoaded = () => [
      !require("node:util").types.isProxy(require("typescript")),
      Object.keys(require.cache).some((file) => file.includes("/pacote/")),
    ];`;
  return execFileSync(process.execPath, [...options.split(" "), "-e", prelude + program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

describe("the program's start", () => {
  it("loads neither a compiler nor npm", () => {
    assert.equal(run("console.log(isLoaded())"), "[ false, false ]\n");
  });

  it("leaves them to functions that become part of a resource", () => {
    const program = `
      const answer = 42;
      pulumi.runtime.serializeFunction(() => answer).then(async ({ text }) => {
        const paths = await pulumi.runtime.computeCodePaths();
        console.log(/answer: 42/.test(text), paths.size > 0, isLoaded());
      });`;
    assert.equal(run(program), "true true [ true, true ]\n");
  });
});
