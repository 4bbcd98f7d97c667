/** The part of set-up that Node does, once it is there: bundles, the base image, libvirt, the state's directory. */
import { join } from "node:path";
import { makeBackendDirectory } from "./backend";
import { buildBaseImage } from "./base-image";
import { buildPlugin } from "./build";
import { startLibvirt } from "./libvirt";
import { passphraseEnvironment } from "./passphrase";
import { SetupError } from "./progress";

async function main(): Promise<void> {
  const projectDirectory = join(__dirname, "..");
  await buildPlugin(projectDirectory);
  await buildBaseImage(projectDirectory);
  await startLibvirt();
  makeBackendDirectory(projectDirectory);
  passphraseEnvironment(process.env);
}

main().catch((error: unknown) => {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
});
