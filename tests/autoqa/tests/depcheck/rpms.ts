/** Many small RPMs at the cost of one rpmbuild. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Package {
  name: string;
  requires?: string[];
  provides?: string[];
  conflicts?: string[];
  obsoletes?: string[];
  files?: string[];
}

/**
 * Builds packages of one version and architecture.
 * @returns the directory of the RPM files, `<name>-<version>-1.<arch>.rpm`; the caller removes it
 */
export function buildPackages(packages: readonly Package[], version: string, arch = "x86_64"): string {
  const directory = mkdtempSync(join(tmpdir(), "autoqa-rpms-"));
  const spec = join(directory, "all.spec");
  const sections = packages.map(({ name, requires = [], provides = [], conflicts = [], obsoletes = [], files = [] }) =>
    [
      `%package -n ${name}`,
      "Summary: x",
      ...requires.map((each) => `Requires: ${each}`),
      ...provides.map((each) => `Provides: ${each}`),
      ...conflicts.map((each) => `Conflicts: ${each}`),
      ...obsoletes.map((each) => `Obsoletes: ${each}`),
      `%description -n ${name}`,
      "x",
      `%files -n ${name}`,
      ...files,
    ].join("\n"),
  );
  const touch = packages.flatMap(({ files = [] }) => files.map((file) => `install -D /dev/null %{buildroot}${file}`));
  const head = `Name: all\nVersion: ${version}\nRelease: 1\nSummary: x\nLicense: x\n%description\nx\n%install\n${touch.join("\n")}\n`;
  writeFileSync(spec, `${head}${sections.join("\n")}\n`);
  const define = (name: string, value: string) => ["--define", `${name} ${value}`];
  const options = [
    ...["-bb", "--quiet", "--target", arch],
    ...define("_topdir", join(directory, "build")),
    ...define("_rpmdir", directory),
    ...define("_build_name_fmt", "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm"),
    ...define("__os_install_post", "%{nil}"),
  ];
  execFileSync("rpmbuild", [...options, spec], { stdio: ["ignore", "ignore", "pipe"] });
  rmSync(join(directory, "build"), { recursive: true });
  return directory;
}

export interface Metadata {
  name: string;
  primary: string;
  filelists: string;
}

/** The metadata of a repository of RPM files, by the real createrepo_c. */
export function createRepository(files: readonly string[], name: string): Metadata & { directory: string } {
  const directory = mkdtempSync(join(tmpdir(), "autoqa-repository-"));
  const list = join(directory, "list");
  writeFileSync(list, `${files.join("\n")}\n`);
  execFileSync("createrepo_c", ["--quiet", "--simple-md-filenames", "--pkglist", list, "--outputdir", directory, "/"]);
  const path = (kind: string) => join(directory, "repodata", `${kind}.xml.gz`);
  return { name, directory, primary: path("primary"), filelists: path("filelists") };
}
