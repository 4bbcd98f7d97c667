/** The manifest by which a repository says how its AutoQA is installed and started (docs/autoqa-contract.md). */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

/** YAML, of which JSON is a part. */
export const manifestNames = ["autoqa-staging.yaml", "autoqa-staging.json"];

const command = z.array(z.string().min(1)).min(1);

export const Manifest = z.strictObject({
  /** Of the contract. */
  version: z.literal(1),
  /** Shell commands, run in the checkout on the deploying host: what they leave in it is all that a machine gets. */
  install: z.array(z.string().min(1)).default([]),
  /** Programs and their arguments, started in the checkout. */
  server: z.strictObject({ start: command }),
  /** Absent if the server runs its tests itself. */
  client: z.strictObject({ start: command }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** The repository does not keep the contract; the message says what to do about it. */
export class ContractError extends Error {
  override name = "ContractError";
}

/** @throws ContractError naming the file and the place in it */
export function readManifest(checkout: string): Manifest {
  const name = manifestNames.find((each) => existsSync(join(checkout, each)));
  if (name === undefined) {
    throw new ContractError(
      `The repository has no ${manifestNames.join(" or ")} (docs/autoqa-contract.md says what goes in).`,
    );
  }
  let content: unknown;
  try {
    content = parse(readFileSync(join(checkout, name), "utf8"));
  } catch (error) {
    throw new ContractError(`${name} is not YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const parsed = Manifest.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`);
  throw new ContractError(`${name} does not keep the contract (docs/autoqa-contract.md):\n  ${problems.join("\n  ")}`);
}
