/** Writes the format's JSON schema, which editors use: run after a change of scenario.ts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scenarioJsonSchema } from "./format/json-schema";

writeFileSync(join(__dirname, "scenario.schema.json"), `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
