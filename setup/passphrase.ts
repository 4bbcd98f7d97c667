/** The passphrase that protects the secrets in the state. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

const passphraseFile = join(userInfo().homedir, ".config/autoqa-staging/passphrase");

/** The user's own passphrase where the environment has one, else a file of mode 0600 that is made on first use. */
export function passphraseEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined) return {};
  mkdirSync(join(passphraseFile, ".."), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(passphraseFile, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
}
