/** Small repositories and pending sets in which much is out of order, for fast-check. */
import fc from "fast-check";

export interface SamplePackage {
  name: string;
  version: string;
  arch: string;
  requires: string[];
  provides: string[];
  conflicts: string[];
  obsoletes: string[];
}

export interface Sample {
  arch: string;
  live: SamplePackage[];
  accepted: SamplePackage[][];
  updates: SamplePackage[][];
}

/** Packages that are live, and ones that only updates bring. */
const old = ["a", "b", "c", "d", "e"];
const fresh = ["g", "h"];
/** Live in 32 bit, too, on x86_64; `app` is a 32-bit package that is no library. */
const libraries = ["a", "b"];
const none = { requires: [], conflicts: [], obsoletes: [] };
/** Most packages are without. */
const nothing = fc.constant<string[]>([]);

const some = (one: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string[]> =>
  fc.array(one, { maxLength }).map((all) => [...new Set(all)]);

const relation = (names: readonly string[], bounds: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...bounds)).map(([name, bound]) => `${name}${bound}`);

/** Live packages fit each other; some of their dependencies no update may change. */
const livePackage = (name: string, arch: string): fc.Arbitrary<SamplePackage> =>
  fc.record({
    ...{ name: fc.constant(name), version: fc.constant("1"), arch: fc.constant(arch) },
    requires: some(relation(old, ["", " = 1", " >= 1", " < 2", " < 3"]), 2),
    provides: name === "a" ? fc.constant<string[]>(["virtual"]) : some(fc.constant("virtual"), 1),
    conflicts: fc.oneof({ weight: 6, arbitrary: nothing }, some(relation([...old, ...fresh], [" >= 3"]), 1)),
    obsoletes: name === "e" ? some(fc.constantFrom("g < 2"), 1) : nothing,
  });

const newPackage = (multilib: boolean, version: string): fc.Arbitrary<SamplePackage> =>
  fc
    .record({
      name: fc.constantFrom(...old, ...fresh, ...(multilib ? ["app"] : [])),
      version: fc.constant(version),
      kind: fc.constantFrom("native", "native", "native", "noarch", "foreign"),
      requires: some(
        fc.oneof(
          { weight: 4, arbitrary: relation(old, ["", " >= 1", " < 2", " < 3", " < 4"]) },
          { weight: 4, arbitrary: relation([...old, ...fresh], [" = 2", " >= 2", " >= 3"]) },
          { weight: 1, arbitrary: fc.constantFrom("virtual", "gadget", ...fresh) },
        ),
        1,
      ),
      provides: some(fc.constant("virtual"), 1),
      conflicts: fc.oneof(
        { weight: 4, arbitrary: nothing },
        some(relation([...old, ...fresh], ["", " < 2", " = 2", " >= 3"]), 1),
      ),
      obsoletes: some(relation(["c", "d"], ["", " < 2", " < 3"]), 1),
    })
    .map(({ kind, ...content }) => {
      const isLibrary = multilib && kind === "foreign" && libraries.includes(content.name);
      const obsoletes = fresh.includes(content.name) ? content.obsoletes : [];
      if (content.name === "app") return { ...content, ...none, arch: "i686", provides: ["gadget"] };
      if (isLibrary) {
        const requires = content.requires.filter((text) => !/^(virtual|gadget)$/.test(text));
        return { ...content, arch: "i686", requires, obsoletes };
      }
      const native = multilib ? "x86_64" : "i686";
      // A library is of one architecture, or its 32-bit twin would be replaced by a package of both.
      return {
        ...content,
        arch: kind === "noarch" && !libraries.includes(content.name) ? "noarch" : native,
        obsoletes,
      };
    });

const update = (multilib: boolean) =>
  fc.constantFrom("2", "2", "3", "4").chain((version) =>
    fc.uniqueArray(newPackage(multilib, version), {
      minLength: 1,
      maxLength: 3,
      selector: ({ name, arch }) => `${name} ${multilib && arch === "i686" ? "foreign" : "native"}`,
    }),
  );

/** No two updates have the same build. */
function withoutRepeated(updates: SamplePackage[][]): SamplePackage[][] {
  const seen = new Set<string>();
  return updates.flatMap((packages) => {
    const own = packages.filter(({ name, version }) => !seen.has(`${name} ${version}`));
    for (const { name, version } of own) seen.add(`${name} ${version}`);
    return own.length > 0 ? [own] : [];
  });
}

export const sample: fc.Arbitrary<Sample> = fc.boolean().chain((multilib) => {
  const native = multilib ? "x86_64" : "i686";
  const live = [
    ...old.map((name) => livePackage(name, native)),
    ...(multilib ? libraries.map((name) => livePackage(name, "i686")) : []),
  ];
  return fc
    .record({
      live: fc.tuple(...live),
      hasAccepted: fc.boolean(),
      pending: fc.array(update(multilib), { minLength: 3, maxLength: 8 }),
    })
    .map(({ live, hasAccepted, pending }) => {
      const updates = withoutRepeated(pending);
      const accepted = hasAccepted ? updates.splice(0, 1) : [];
      return { arch: multilib ? "x86_64" : "i386", live, accepted, updates };
    });
});
