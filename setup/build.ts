/** Compiles what is started without this project's own TypeScript loader: the provider plugin. */
import { join } from "node:path";
import { build } from "esbuild";

/** Writes providers/libvirt/dist/main.js, which the plugin's wrapper starts for either engine. */
export async function buildPlugin(projectDirectory: string): Promise<void> {
  await build({
    absWorkingDir: projectDirectory,
    entryPoints: [join(projectDirectory, "providers/libvirt/main.ts")],
    outfile: join(projectDirectory, "providers/libvirt/dist/main.js"),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
  });
}
