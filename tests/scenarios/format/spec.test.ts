import assert from "node:assert/strict";
import { Recipe } from "../../../scenarios/format/recipe";
import { specFile } from "../../../scenarios/format/spec";

function spec(recipe: object, epoch: number | null = null) {
  const nvr = { name: "hello", version: "1.0", release: "1.fc15" };
  const date = new Date("2011-05-01T17:00:00Z");
  return specFile({ nvr, epoch, recipe: Recipe.parse(recipe), packager: "alice <alice@example.org>", date });
}

describe("specFile", () => {
  it("writes a whole spec file", () => {
    const { spec: text, sources } = spec(
      {
        summary: "Say hello",
        requires: ["bash >= 4"],
        conflicts: ["goodbye"],
        files: {
          "/usr/bin/hello": { mode: "0755", content: "#!/bin/sh\n" },
          "/etc/hello": { flag: "config", content: "x" },
        },
        subpackages: { libs: { provides: ["libhello.so.1"], files: { "/usr/lib/libhello.so.1": "elf" } } },
      },
      2,
    );
    assert.deepEqual(sources, [
      { name: "file-0", content: "#!/bin/sh\n" },
      { name: "file-1", content: "x" },
      { name: "file-2", content: "elf" },
    ]);
    assert.equal(
      text,
      `Name: hello
Version: 1.0
Release: 1.fc15
Epoch: 2
Summary: Say hello
License: MIT
Group: Applications/System
Source0: file-0
Source1: file-1
Source2: file-2
BuildArch: noarch
AutoReqProv: no
Requires: bash >= 4
Conflicts: goodbye

%description
Say hello.

%package libs
Summary: Say hello (libs)
Group: Applications/System
AutoReqProv: no
Provides: libhello.so.1

%description libs
Say hello (libs).

%prep

%build

%install
install -D -m 0644 %{SOURCE0} "$RPM_BUILD_ROOT"/usr/bin/hello
install -D -m 0644 %{SOURCE1} "$RPM_BUILD_ROOT"/etc/hello
install -D -m 0644 %{SOURCE2} "$RPM_BUILD_ROOT"/usr/lib/libhello.so.1

%files
%attr(0755, root, root) /usr/bin/hello
%attr(0644, root, root) %config /etc/hello

%files libs
%attr(0644, root, root) /usr/lib/libhello.so.1

%changelog
* Sun May 01 2011 alice <alice@example.org> - 2:1.0-1.fc15
- Update to this version
`,
    );
  });

  it("keeps what belongs to one architecture to it", () => {
    const { spec: text } = spec({
      summary: "Say hello",
      arches: ["i686", "x86_64"],
      onlyOn: { i686: { requires: ["libfoo.so.1"] } },
      files: { "/usr/lib64/x": { content: "x", onlyOn: ["x86_64"] } },
    });
    assert.match(text, /%ifarch i686\nRequires: libfoo\.so\.1\n%endif/);
    assert.match(text, /%ifarch x86_64\n%attr\(0644, root, root\) \/usr\/lib64\/x\n%endif/);
    assert.doesNotMatch(text, /BuildArch/);
  });

  it("lets rpm see no macro in what the author wrote", () => {
    const { spec: text } = spec({ summary: "100 %{nil} hello", description: "%(touch /tmp/x)", changelog: "50% done" });
    assert.match(text, /^Summary: 100 %%\{nil\} hello$/m);
    assert.match(text, /^%%\(touch \/tmp\/x\)$/m);
    assert.match(text, /^- 50%% done$/m);
  });

  it("accepts no path that could leave the build root or carry shell", () => {
    for (const path of [
      "usr/bin/x",
      "/usr/../../etc/x",
      "/usr/$(id)",
      '/usr/"x',
      "/usr/%{nil}",
      "/a b",
      "/a;\nb",
      "/a`b`",
    ]) {
      const recipe = { summary: "x", files: { [path]: "" } };
      assert.equal(Recipe.safeParse(recipe).success, false, path);
    }
    assert.throws(() => Recipe.parse({ summary: "x\nRequires: y" }));
    assert.throws(() => Recipe.parse({ summary: "x", requires: ["a\n%post"] }));
  });
});
