/** The passphrase that protects the secrets in the state, and the place where the state lies. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

const passphraseFile = join(userInfo().homedir, ".config/autoqa-staging/passphrase");

/** Makes the directory that Pulumi.yaml names as the backend: Pulumi's CLI does not make it. */
export function makeBackendDirectory(projectDirectory: string): void {
  const project = parse(readFileSync(join(projectDirectory, "Pulumi.yaml"), "utf8")) as { backend: { url: string } };
  const path = project.backend.url.replace("file://", "").replace(/^~/, userInfo().homedir);
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

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
