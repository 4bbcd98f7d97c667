import type { PackageSchema } from "../schema/package";

/** The `pulumi` block is how Pulumi's CLI learns which plugin the program needs. */
export function packageJson({ name, version, description, license }: PackageSchema): string {
  const content = {
    name: `@pulumi/${name}`,
    version,
    description,
    private: true,
    license,
    main: "index.js",
    types: "index.d.ts",
    peerDependencies: { "@pulumi/pulumi": "^3.0.0" },
    pulumi: { resource: true, name, version },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
