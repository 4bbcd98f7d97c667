import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageSchema } from "../schema/package";
import { declarations } from "./declarations";
import { implementation } from "./implementation";
import { packageJson } from "./package-json";

/** The SDK's files by name, as they follow from the schema. */
export function sdkFiles(): Record<string, string> {
  const schema = packageSchema();
  const files = {
    "index.js": implementation(schema),
    "index.d.ts": declarations(schema),
    "package.json": packageJson(schema),
  };
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, formatted(name, content)]));
}

function formatted(name: string, content: string): string {
  const options = ["format", `--stdin-file-path=sdks/libvirt/${name}`];
  return execFileSync("node_modules/@biomejs/cli-linux-x64/biome", options, { input: content, encoding: "utf8" });
}

/** `node -r ./setup/typescript.cjs providers/libvirt/sdk/generate.ts` in the project's root writes sdks/libvirt anew. */
if (require.main === module) {
  for (const [name, content] of Object.entries(sdkFiles())) writeFileSync(join("sdks/libvirt", name), content);
}
