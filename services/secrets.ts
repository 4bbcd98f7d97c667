/** The secrets file: the control token and the accounts of koji and bodhi. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Secrets } from "./infrastructure";

const SecretsFile = z.object({
  controlToken: z.string().min(16, "must have at least 16 characters"),
  accounts: z.record(z.string(), z.string().min(1)).default({}),
});

/** The user's mistake, told without a stack. */
export class UsageError extends Error {}

export function readSecrets(path: string): Secrets {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`the secrets file cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON; it must hold {"controlToken": "…", "accounts": {"name": "password"}}`);
  }
  const parsed = SecretsFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join(".")}: ${issue?.message}`);
}
