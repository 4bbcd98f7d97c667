/** The directory of the file backend, where the state lies. */
import { mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** The one that both engines use: the environment's, else Pulumi.yaml's. */
export function backendDirectory(projectDirectory: string): string {
  return directoryOf(process.env.PULUMI_BACKEND_URL ?? projectBackendUrl(projectDirectory));
}

/** Makes the directory that Pulumi.yaml names: Pulumi's CLI does not make it. */
export function makeBackendDirectory(projectDirectory: string): void {
  mkdirSync(directoryOf(projectBackendUrl(projectDirectory)), { recursive: true, mode: 0o700 });
}

function projectBackendUrl(projectDirectory: string): string {
  const project = parse(readFileSync(join(projectDirectory, "Pulumi.yaml"), "utf8")) as { backend: { url: string } };
  return project.backend.url;
}

const directoryOf = (url: string): string => url.replace(/^file:\/\//, "").replace(/^~/, userInfo().homedir);
