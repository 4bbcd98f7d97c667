/** The ends of consoles, where libvirt keeps them (needs root). */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { consoleDirectory, showConsoles } from "../../cli/consoles";
import { generationName } from "../../components/naming";

describe("showConsoles", () => {
  const stack = `consoles${randomBytes(3).toString("hex")}`;
  const logs: string[] = [];

  function write(name: string, text: string): string {
    const file = join(consoleDirectory, `${name}-console.log`);
    mkdirSync(consoleDirectory, { recursive: true });
    writeFileSync(file, text);
    logs.push(file);
    return file;
  }

  afterEach(() => {
    for (const file of logs.splice(0)) rmSync(file);
  });

  function shown(since: number): string {
    const { error } = console;
    const lines: string[] = [];
    console.error = (line: string) => void lines.push(line);
    try {
      showConsoles(stack, ["0000000a"], since);
    } finally {
      console.error = error;
    }
    return lines.join("\n");
  }

  it("shows the last lines of this generation's machines, without what would act on the terminal", () => {
    write(
      generationName(stack, "0000000a", "infra"),
      Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n\n"),
    );
    write(generationName(stack, "0000000a", "autoqa"), "\u001b[1;31mpanic\u001b[0m\r\n");
    const text = shown(0);
    assert.match(text, new RegExp(`The end of the console of autoqa-${stack}-0000000a-infra:\n {2}line 5\n`));
    assert.match(text, /line 29/);
    assert.doesNotMatch(text, /line 4\n/);
    assert.match(text, /^ {2}panic$/m);
  });

  it("shows neither another generation's, nor those of a stack whose name begins alike, nor silent ones", () => {
    write(generationName(stack, "0000000b", "infra"), "of another backend's stack");
    write(generationName(`${stack}-2`, "0000000a", "infra"), "of another stack");
    utimesSync(write(generationName(stack, "0000000a", "infra"), "of before"), 1000, 1000);
    assert.equal(shown(2_000_000), "");
  });
});
